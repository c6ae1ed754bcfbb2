package dev.berth.proxy.routing;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * What of a request decides where it goes.
 *
 * @param host as {@link dev.berth.proxy.http.HostNames#routing} gives it
 * @param path as {@link RoutingPath} gives it
 * @param headers looked at for cookies and for what canaries want
 */
public record Asked(String host, String path, HttpHeaders headers) {
    /** A request without header fields. */
    public Asked(String host, String path) {
        this(host, path, EmptyHttpHeaders.INSTANCE);
    }
}

package dev.berth.proxy.routing;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * What of a request decides where it goes.
 *
 * @param host as {@link dev.berth.proxy.http.HostNames#routing} gives it
 * @param path as {@link RoutingPath} gives it
 * @param plain whether the request has its path written just so
 * @param headers looked at for cookies and for what canaries want
 */
public record Asked(String host, String path, boolean plain, HttpHeaders headers) {
    /** A request without header fields. */
    public Asked(String host, String path) {
        this(host, path, true, EmptyHttpHeaders.INSTANCE);
    }

    /**
     * A request.
     *
     * @param target origin-form, as it is in the request
     */
    public static Asked of(String host, String target, HttpHeaders headers) {
        String path = RoutingPath.of(target);
        boolean plain =
                target.startsWith(path)
                        && (target.length() == path.length()
                                || target.charAt(path.length()) == '?');
        return new Asked(host, path, plain, headers);
    }
}

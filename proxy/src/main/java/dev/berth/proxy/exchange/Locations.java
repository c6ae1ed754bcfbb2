package dev.berth.proxy.exchange;

import dev.berth.proxy.http.HostNames;
import dev.berth.proxy.http.RequestHead;
import io.netty.handler.codec.http.HttpHeaderNames;

/** Where the edge sends clients that came to the wrong address. */
final class Locations {
    private Locations() {}

    /** The same on another host. */
    static String otherHost(RequestHead request, String host) {
        return request.scheme() + "://" + host + port(request) + pathAndQuery(request);
    }

    /**
     * The same over https. Who named a port came to it directly; who named none came by the
     * standard one.
     *
     * @param port where the edge serves it
     */
    static String https(RequestHead request, int port) {
        String named = port(request).isEmpty() ? "" : ":" + port;
        return "https://" + request.host() + named + pathAndQuery(request);
    }

    private static String pathAndQuery(RequestHead request) {
        return request.uri().startsWith("/") ? request.uri() : "/";
    }

    private static String port(RequestHead request) {
        String host = request.headers().get(HttpHeaderNames.HOST);
        return host == null ? "" : HostNames.portSuffix(host);
    }
}

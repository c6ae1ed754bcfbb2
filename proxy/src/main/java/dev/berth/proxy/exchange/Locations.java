package dev.berth.proxy.exchange;

import dev.berth.proxy.http.HostNames;
import dev.berth.proxy.http.RequestHead;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * Where the edge sends clients that came to the wrong address: to the same path on another one. Who
 * named a port came to it directly; who named none came by the standard one.
 *
 * @param written the target as the client wrote it
 * @param httpsPort where the edge serves https
 * @param certified whether a host has a certificate that clients may trust
 */
record Locations(
        RequestHead request, String written, IntSupplier httpsPort, Predicate<String> certified) {
    /**
     * An address.
     *
     * @param whileCertified whether it is the right one only as long as there is a certificate
     */
    record Location(String text, boolean whileCertified) {
        /** One that depends on no certificate. */
        static Location lasting(String text) {
            return new Location(text, false);
        }
    }

    /** On another host: over https if that has a certificate, else as the client came. */
    Location onHost(String host) {
        return request.secure() || !certified.test(host)
                ? Location.lasting(request.scheme() + "://" + host + port() + pathAndQuery())
                : new Location(https(host), true);
    }

    /** On the host that was asked, over https: whatever happens, or as long as it is certified. */
    Location overHttps(boolean always) {
        return new Location(https(request.host()), !always);
    }

    private String https(String host) {
        String named = port().isEmpty() ? "" : ":" + httpsPort.getAsInt();
        return "https://" + host + named + pathAndQuery();
    }

    private String pathAndQuery() {
        return written.startsWith("/") ? written : "/";
    }

    private String port() {
        String host = request.headers().get(HttpHeaderNames.HOST);
        return host == null ? "" : HostNames.portSuffix(host);
    }
}

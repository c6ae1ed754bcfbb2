package dev.berth.proxy.routing;

import dev.berth.proxy.http.Cookies;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The cookie that brings a client back to the backend it had. */
public final class StickyCookie {
    static final String NAME = "berth_backend";

    private StickyCookie() {}

    /** Whether the client says that it had this backend. */
    static boolean names(BackendLoad backend, List<String> values) {
        return values.contains(backend.key());
    }

    static List<String> values(HttpHeaders request) {
        return Cookies.values(request, NAME);
    }

    /**
     * The Set-Cookie value that names a backend; empty when the request has it already.
     *
     * @param secure whether the request came over https
     */
    public static String forAnswer(
            Route route, BackendLoad backend, HttpHeaders request, boolean secure) {
        return names(backend, values(request))
                ? ""
                : "%s=%s; Path=%s; HttpOnly; SameSite=Lax%s"
                        .formatted(NAME, backend.key(), route.path(), secure ? "; Secure" : "");
    }

    /** Stands for a backend without telling its address. */
    static String key(Backend backend) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(
                                    (backend.container() + " " + backend)
                                            .getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

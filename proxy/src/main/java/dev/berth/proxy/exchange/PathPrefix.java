package dev.berth.proxy.exchange;

import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.routing.Asked;
import dev.berth.proxy.routing.RoutingPath;
import dev.berth.schemas.edge.Route;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * What a route takes off the paths of its requests, if it does. It is cut off as the client wrote
 * it; nothing is decoded or resolved on the way to the app. So a path that only means the same as
 * one of the route's fits no such route, nor one whose rest would lead out of it. Confined to the
 * event loop.
 */
final class PathPrefix {
    private static final AsciiString FIELD = AsciiString.cached("X-Forwarded-Prefix");

    private final RequestHead request;
    private final Asked asked;
    private final String written;
    private final @Nullable String before;
    private String taken = "";
    private boolean fits = true;

    /** Nothing is taken off yet. */
    PathPrefix(RequestHead request, Asked asked) {
        this.request = request;
        this.asked = asked;
        this.written = request.uri();
        this.before = request.headers().get(FIELD);
    }

    /** The target as the client wrote it. */
    String written() {
        return written;
    }

    /** What is taken off: empty, or a path without a slash at its end. */
    String taken() {
        return taken;
    }

    /** Whether the client named the route's path itself, with no slash after it. */
    boolean bare() {
        return !taken.isEmpty()
                && (written.length() == taken.length() || written.charAt(taken.length()) == '?');
    }

    /** Whether the request can be forwarded by its route. */
    boolean fits() {
        return fits;
    }

    /** Has the request written as its route wants it. */
    void follow(@Nullable Route route) {
        if (route != null && route.policy().stripPrefix()) {
            String path = route.path();
            strip(path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
        } else {
            fits = true;
            strip("");
        }
    }

    private void strip(String prefix) {
        if (!prefix.isEmpty()) {
            String rest = written.startsWith(prefix) ? written.substring(prefix.length()) : "-";
            String target = rest.isEmpty() || rest.startsWith("?") ? "/" + rest : rest;
            String inside = asked.path().substring(prefix.length());
            fits =
                    target.startsWith("/")
                            && RoutingPath.of(target).equals(inside.isEmpty() ? "/" : inside);
            if (fits) {
                taken = prefix;
                request.setUri(target);
                request.headers().set(FIELD, before == null ? prefix : before + prefix);
                return;
            }
        }
        if (!taken.isEmpty()) {
            taken = "";
            request.setUri(written);
            if (before == null) {
                request.headers().remove(FIELD);
            } else {
                request.headers().set(FIELD, before);
            }
        }
    }
}

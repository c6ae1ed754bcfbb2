package dev.berth.proxy.listen;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.HostNames;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the forms of request target that a server for websites needs (RFC 9112 section 3.2):
 * origin-form; {@code *} with OPTIONS; absolute-form, which becomes origin-form and whose authority
 * takes the place of Host. CONNECT and TRACE are refused. The bytes of path and query stay as they
 * are; those that a URI cannot have (controls, spaces, anything above ASCII, a fragment) are
 * refused, because backends would each read them in their own way.
 */
final class TargetEnforcer implements HeadRule {
    @Override
    public @Nullable Rejection apply(RequestHead head, Peer peer) {
        HttpMethod method = head.method();
        if (method.equals(HttpMethod.CONNECT) || method.equals(HttpMethod.TRACE)) {
            return new Rejection(Failure.MethodRefused, "This is not a forward proxy.");
        }
        String target = head.uri();
        if (target.length() > RequestDecoder.MAX_LINE) {
            return new Rejection(
                    Failure.UriTooLong, "The limit is " + RequestDecoder.MAX_LINE / 1024 + " KiB.");
        }
        if (!isClean(target)) {
            return refuse("Its target has a character that a URI cannot have.");
        }
        if (target.startsWith("/")) {
            return null;
        }
        if (target.equals("*")) {
            return method.equals(HttpMethod.OPTIONS)
                    ? null
                    : refuse("The target * is for OPTIONS only.");
        }
        return rewriteAbsolute(head, target);
    }

    private static @Nullable Rejection rewriteAbsolute(RequestHead head, String target) {
        String lower = target.toLowerCase(Locale.ROOT);
        int start = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : -1;
        if (start < 0) {
            return refuse("Its target is neither a path nor an http address.");
        }
        int end = start;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        String authority = target.substring(start, end);
        if (HostNames.routing(authority) == null) {
            return refuse("Its target names no valid host.");
        }
        if (head.headers().getAll(HttpHeaderNames.HOST).size() > 1) {
            return refuse("It has more than one Host.");
        }
        String rest = target.substring(end);
        head.setUri(rest.startsWith("/") ? rest : "/" + rest);
        head.headers().set(HttpHeaderNames.HOST, authority);
        return null;
    }

    private static boolean isClean(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return false;
            }
        }
        return !target.isEmpty();
    }

    private static Rejection refuse(String detail) {
        return new Rejection(Failure.BadRequest, detail);
    }
}

package dev.berth.proxy.listen;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides once how long the body is and writes the framing field anew (RFC 9112 section 6). Refused
 * are: Content-Length together with Transfer-Encoding (the RFC would allow to ignore the former;
 * nobody honest sends both), more than one Content-Length, one that is not digits only, a
 * Transfer-Encoding other than exactly {@code chunked}, and any Transfer-Encoding in HTTP/1.0.
 */
final class FramingEnforcer implements HeadRule {
    /** More digits than any body has; a longer number might overflow in a backend. */
    private static final int MAX_DIGITS = 18;

    @Override
    public @Nullable Rejection apply(RequestHead head, Peer peer) {
        HttpHeaders headers = head.headers();
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty()) {
                return refuse("It has both Content-Length and Transfer-Encoding.");
            }
            if (codings.size() > 1
                    || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())
                    || !head.http11()) {
                return refuse("Its Transfer-Encoding is not exactly \"chunked\".");
            }
            head.framed(-1);
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        } else if (!lengths.isEmpty()) {
            if (lengths.size() > 1 || !isLength(lengths.getFirst())) {
                return refuse("Its Content-Length is not one number.");
            }
            head.framed(Long.parseLong(lengths.getFirst()));
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(head.bodyLength()));
        }
        return null;
    }

    private static boolean isLength(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_DIGITS
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static Rejection refuse(String detail) {
        return new Rejection(Failure.BadRequest, detail);
    }
}

package dev.berth.proxy.fields;

import dev.berth.proxy.http.LengthSum;
import io.netty.handler.codec.Headers;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requires Content-Length, if it is there, to be one number (RFC 9110 section 8.6). Of a list of
 * equal numbers the codec has made one, as that section allows. That the DATA frames add up to it
 * is the business of {@link LengthSum}.
 */
public final class ContentLengthField implements FieldRule {
    /** More digits than any body has; a longer number might overflow in a backend. */
    private static final int MAX_DIGITS = 18;

    @Override
    public @Nullable String violation(Headers<CharSequence, CharSequence, ?> fields) {
        List<CharSequence> lengths = fields.getAll(HttpHeaderNames.CONTENT_LENGTH);
        return lengths.isEmpty() || (lengths.size() == 1 && isLength(lengths.getFirst()))
                ? null
                : "its content-length is not one number";
    }

    /** The length that passed the rule; -1 when there is none. */
    public static long of(Headers<CharSequence, CharSequence, ?> fields) {
        CharSequence length = fields.get(HttpHeaderNames.CONTENT_LENGTH);
        return length == null ? -1 : Long.parseLong(length, 0, length.length(), 10);
    }

    private static boolean isLength(CharSequence text) {
        return !text.isEmpty()
                && text.length() <= MAX_DIGITS
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}

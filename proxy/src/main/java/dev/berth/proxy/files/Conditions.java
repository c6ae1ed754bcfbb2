package dev.berth.proxy.files;

import dev.berth.proxy.http.HttpDate;
import dev.berth.proxy.http.Tokens;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What the conditional fields of a request make of a file (RFC 9110 section 13.2.2), evaluated in
 * the order that the RFC gives.
 */
public final class Conditions {
    private Conditions() {}

    /** How to answer. */
    public sealed interface Verdict {
        /** 200. */
        record Whole() implements Verdict {}

        /** 206, or 416 when the range is not satisfiable. */
        record Part(ByteRange range) implements Verdict {}

        /** 304. */
        record NotModified() implements Verdict {}

        /** 412. */
        record PreconditionFailed() implements Verdict {}
    }

    /**
     * Evaluates the fields of a GET or HEAD.
     *
     * @param whole whether there are no parts of the answer: Range is for GET only (RFC 9110
     *     section 14.2)
     */
    public static Verdict evaluate(HttpHeaders request, SiteFile file, boolean whole) {
        String ifMatch = joined(request, HttpHeaderNames.IF_MATCH);
        if (ifMatch != null) {
            if (!matches(ifMatch, file.etag(), false)) {
                return new Verdict.PreconditionFailed();
            }
        } else if (isBefore(request.get(HttpHeaderNames.IF_UNMODIFIED_SINCE), file)) {
            return new Verdict.PreconditionFailed();
        }
        String ifNoneMatch = joined(request, HttpHeaderNames.IF_NONE_MATCH);
        if (ifNoneMatch != null) {
            if (matches(ifNoneMatch, file.etag(), true)) {
                return new Verdict.NotModified();
            }
        } else if (isNotAfter(file, request.get(HttpHeaderNames.IF_MODIFIED_SINCE))) {
            return new Verdict.NotModified();
        }
        String range = request.get(HttpHeaderNames.RANGE);
        if (!whole
                && range != null
                && rangeStillHolds(request.get(HttpHeaderNames.IF_RANGE), file)) {
            ByteRange part = ByteRange.parse(range, file.size());
            if (part != null) {
                return new Verdict.Part(part);
            }
        }
        return new Verdict.Whole();
    }

    private static @Nullable String joined(HttpHeaders request, CharSequence name) {
        return request.contains(name) ? String.join(",", request.getAll(name)) : null;
    }

    private static boolean matches(String list, String etag, boolean weakly) {
        AtomicBoolean found = new AtomicBoolean();
        Tokens.each(
                list,
                element -> {
                    String tag =
                            weakly && element.startsWith("W/") ? element.substring(2) : element;
                    if (tag.equals("*") || tag.equals(etag)) {
                        found.set(true);
                    }
                });
        return found.get();
    }

    private static boolean isBefore(@Nullable String date, SiteFile file) {
        Instant since = date == null ? null : HttpDate.parse(date);
        return since != null && since.isBefore(file.lastModified());
    }

    private static boolean isNotAfter(SiteFile file, @Nullable String date) {
        Instant since = date == null ? null : HttpDate.parse(date);
        return since != null && !file.lastModified().isAfter(since);
    }

    /** A strong comparison: a weak tag never holds. */
    private static boolean rangeStillHolds(@Nullable String ifRange, SiteFile file) {
        if (ifRange == null || ifRange.equals(file.etag())) {
            return true;
        }
        Instant date = HttpDate.parse(ifRange);
        return date != null && date.equals(file.lastModified());
    }
}

package dev.berth.proxy.exchange;

import dev.berth.proxy.encode.AcceptEncoding;
import dev.berth.proxy.encode.BodyEncoder;
import dev.berth.proxy.encode.Coding;
import dev.berth.proxy.encode.Compressible;
import dev.berth.proxy.encode.Encoders;
import dev.berth.proxy.http.RequestHead;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether an app's answer is compressed on its way (RFC 9110 section 7.7 lets a proxy do so unless
 * no-transform says otherwise), and what that does to its head.
 */
final class Compression {
    /** Smaller bodies fit into one packet either way. */
    static final long MIN_BYTES = 1024;

    /** Of the bytes as the app encoded them (RFC 9530, RFC 3230, RFC 1864). */
    private static final List<AsciiString> DIGESTS =
            List.of(
                    AsciiString.cached("content-digest"),
                    AsciiString.cached("repr-digest"),
                    AsciiString.cached("digest"),
                    AsciiString.cached("content-md5"));

    private Compression() {}

    /**
     * Starts an encoder and changes the head to match; {@code null} when the body goes as it is.
     *
     * @param app whose answer it is
     * @param head of a final answer that has a body
     */
    static @Nullable BodyEncoder start(
            Encoders encoders, String app, RequestHead request, HttpResponse head) {
        HttpHeaders headers = head.headers();
        if (!isCandidate(request, head)) {
            return null;
        }
        vary(headers);
        Coding coding =
                AcceptEncoding.best(
                        request.headers().get(HttpHeaderNames.ACCEPT_ENCODING),
                        encoders.available());
        BodyEncoder encoder =
                coding == null ? null : encoders.start(coding, ByteBufAllocator.DEFAULT, app);
        if (coding != null && encoder != null) {
            encode(headers, coding);
        }
        return encoder;
    }

    /**
     * Changes the head of an answer without a body as that of the one with it would be: to HEAD
     * (RFC 9110 section 9.3.2), and 304, whose fields a cache puts in place of those it has
     * (section 15.4.5).
     */
    static void describe(List<Coding> available, RequestHead request, HttpResponse head) {
        HttpHeaders headers = head.headers();
        boolean unchanged = head.status().equals(HttpResponseStatus.NOT_MODIFIED);
        boolean untyped = !headers.contains(HttpHeaderNames.CONTENT_TYPE);
        boolean candidate =
                (unchanged && untyped) ? mayChange(request, headers) : isCandidate(request, head);
        if (!candidate) {
            return;
        }
        vary(headers);
        Coding coding =
                AcceptEncoding.best(
                        request.headers().get(HttpHeaderNames.ACCEPT_ENCODING), available);
        if (coding != null && unchanged) {
            weaken(headers);
        } else if (coding != null && request.isHead()) {
            encode(headers, coding);
        }
    }

    private static void encode(HttpHeaders headers, Coding coding) {
        headers.set(HttpHeaderNames.CONTENT_ENCODING, coding.token());
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        headers.remove(HttpHeaderNames.ACCEPT_RANGES);
        weaken(headers);
    }

    /** Says that the answer depends on what the client reads. */
    static void vary(HttpHeaders headers) {
        if (!headers.containsValue(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING, true)
                && !headers.containsValue(HttpHeaderNames.VARY, "*", true)) {
            headers.add(HttpHeaderNames.VARY, "Accept-Encoding");
        }
    }

    private static boolean isCandidate(RequestHead request, HttpResponse head) {
        HttpHeaders headers = head.headers();
        int status = head.status().code();
        return status != 206
                && status != 204
                && isLarge(headers.get(HttpHeaderNames.CONTENT_LENGTH))
                && Compressible.is(headers.get(HttpHeaderNames.CONTENT_TYPE))
                && mayChange(request, headers);
    }

    private static boolean mayChange(RequestHead request, HttpHeaders headers) {
        return !request.protocolVersion().equals(HttpVersion.HTTP_1_0)
                && !headers.contains(HttpHeaderNames.CONTENT_RANGE)
                && !headers.contains(HttpHeaderNames.CONTENT_ENCODING)
                && !hasDigest(headers)
                && !forbidsTransform(headers)
                && !forbidsTransform(request.headers());
    }

    private static boolean hasDigest(HttpHeaders headers) {
        for (AsciiString digest : DIGESTS) {
            if (headers.contains(digest)) {
                return true;
            }
        }
        return false;
    }

    private static boolean forbidsTransform(HttpHeaders headers) {
        return headers.containsValue(
                HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_TRANSFORM, true);
    }

    private static boolean isLarge(@Nullable String length) {
        if (length == null) {
            return true;
        }
        try {
            return Long.parseLong(length.strip()) >= MIN_BYTES;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** The bytes are others now, the meaning is not (RFC 9110 section 8.8.1). */
    private static void weaken(HttpHeaders headers) {
        String etag = headers.get(HttpHeaderNames.ETAG);
        if (etag != null && !etag.startsWith("W/")) {
            headers.set(HttpHeaderNames.ETAG, "W/" + etag);
        }
    }
}

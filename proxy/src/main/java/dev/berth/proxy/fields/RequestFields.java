package dev.berth.proxy.fields;

import dev.berth.proxy.http.HopByHop;
import dev.berth.proxy.http.RequestHead;
import io.netty.handler.codec.Headers;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import java.util.List;

/**
 * The fields of HTTP/2 or HTTP/3 as a head that a backend of any version can be sent. The bytes of
 * names and values stay as they are: {@link FieldRule} has checked them.
 */
public final class RequestFields {
    private static final HttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private RequestFields() {}

    /**
     * The head of a request that obeys every {@link FieldRule}.
     *
     * @param protocol for the log
     * @param endOfStream whether no body follows
     */
    public static RequestHead toHead(
            Headers<CharSequence, CharSequence, ?> fields, String protocol, boolean endOfStream) {
        CharSequence path = fields.get(PseudoHeaderName.PATH.value());
        RequestHead head =
                new RequestHead(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.valueOf(
                                String.valueOf(fields.get(PseudoHeaderName.METHOD.value()))),
                        path == null ? "*" : path.toString(),
                        UNCHECKED);
        head.spokenIn(protocol);
        head.connection(true, false);
        FieldCopy.copy(fields, head.headers());
        head.takesTrailers(head.headers().contains(HttpHeaderNames.TE));
        HopByHop.strip(head.headers());
        CharSequence authority = fields.get(PseudoHeaderName.AUTHORITY.value());
        if (authority != null) {
            head.headers().set(HttpHeaderNames.HOST, authority);
        }
        joinCookies(head.headers());
        frame(head, ContentLengthField.of(fields), endOfStream);
        return head;
    }

    /**
     * One Cookie, as HTTP/1 has it, of the crumbs that HTTP/2 and HTTP/3 allow (RFC 9113 section
     * 8.2.3).
     */
    private static void joinCookies(HttpHeaders headers) {
        List<String> crumbs = headers.getAll(HttpHeaderNames.COOKIE);
        if (crumbs.size() > 1) {
            headers.set(HttpHeaderNames.COOKIE, String.join("; ", crumbs));
        }
    }

    private static void frame(RequestHead head, long contentLength, boolean endOfStream) {
        HttpMethod method = head.method();
        if (contentLength >= 0) {
            head.framed(contentLength);
            head.headers().set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(contentLength));
        } else if (!endOfStream) {
            head.framed(-1);
            head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        } else if (method.equals(HttpMethod.POST)
                || method.equals(HttpMethod.PUT)
                || method.equals(HttpMethod.PATCH)) {
            // RFC 9110 section 8.6: a method that expects a body says that there is none.
            head.headers().set(HttpHeaderNames.CONTENT_LENGTH, "0");
        }
    }
}

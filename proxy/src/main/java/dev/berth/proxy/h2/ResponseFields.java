package dev.berth.proxy.h2;

import dev.berth.proxy.fields.FieldCopy;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/** The fields of an answer as HTTP/2 has them: lower case, no fields of a connection. */
final class ResponseFields {
    private static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");

    private ResponseFields() {}

    /**
     * Whether each answer has a value of its own in this field. It is kept out of the table that
     * compresses heads (RFC 7541 section 6.2.3), where it would help none and push out the fields
     * that come again.
     */
    static boolean isUnique(CharSequence name) {
        return REQUEST_ID.contentEquals(name);
    }

    /** The head of an answer, final or informational. */
    static Http2Headers of(HttpResponse response) {
        Http2Headers fields = new DefaultHttp2Headers(false, response.headers().size() + 1);
        fields.status(response.status().codeAsText());
        FieldCopy.copy(response.headers(), fields);
        return fields;
    }

    /** A trailer section. */
    static Http2Headers ofTrailers(HttpHeaders trailers) {
        Http2Headers fields = new DefaultHttp2Headers(false, trailers.size());
        FieldCopy.copy(trailers, fields);
        return fields;
    }
}

package dev.berth.proxy.h2;

import dev.berth.proxy.fields.FieldCopy;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;

/** The fields of an answer as HTTP/2 has them: lower case, no fields of a connection. */
final class ResponseFields {
    private ResponseFields() {}

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

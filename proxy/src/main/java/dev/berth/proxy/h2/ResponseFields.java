package dev.berth.proxy.h2;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;

/** The fields of an answer as HTTP/2 has them: lower case, no fields of a connection. */
final class ResponseFields {
    private ResponseFields() {}

    /** The head of an answer, final or informational. */
    static Http2Headers of(HttpResponse response) {
        Http2Headers fields = new DefaultHttp2Headers(false, response.headers().size() + 1);
        fields.status(response.status().codeAsText());
        copy(response.headers(), fields);
        return fields;
    }

    /** A trailer section. */
    static Http2Headers ofTrailers(HttpHeaders trailers) {
        Http2Headers fields = new DefaultHttp2Headers(false, trailers.size());
        copy(trailers, fields);
        return fields;
    }

    private static void copy(HttpHeaders headers, Http2Headers to) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
            if (!name.equals(HttpHeaderNames.TRANSFER_ENCODING)
                    && !name.equals(HttpHeaderNames.CONNECTION)) {
                to.add(name, field.getValue());
            }
        }
    }
}

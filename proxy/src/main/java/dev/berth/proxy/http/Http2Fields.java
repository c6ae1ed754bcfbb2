package dev.berth.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;

/**
 * Header fields between HTTP/1 and HTTP/2, whose bytes stay as they are: in HTTP/2 names are in
 * lower case and nothing speaks of a connection (RFC 9113 section 8.2).
 */
public final class Http2Fields {
    private Http2Fields() {}

    /** Adds all but the fields of a connection. */
    public static void copy(HttpHeaders from, Http2Headers to) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = from.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
            if (!name.equals(HttpHeaderNames.TRANSFER_ENCODING)
                    && !name.equals(HttpHeaderNames.CONNECTION)
                    && !name.equals(HttpHeaderNames.HOST)) {
                to.add(name, field.getValue());
            }
        }
    }

    /** Adds all but the pseudo-headers. */
    public static void copy(Http2Headers from, HttpHeaders to) {
        for (Map.Entry<CharSequence, CharSequence> field : from) {
            if (field.getKey().charAt(0) != ':') {
                to.add(field.getKey(), field.getValue());
            }
        }
    }
}

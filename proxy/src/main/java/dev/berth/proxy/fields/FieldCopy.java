package dev.berth.proxy.fields;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.Headers;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;

/**
 * Header fields between HTTP/1 and the versions of HTTP with lists of fields, whose bytes stay as
 * they are: there names are in lower case and nothing speaks of a connection (RFC 9113 section 8.2,
 * RFC 9114 section 4.2).
 */
public final class FieldCopy {
    /** The rules have looked at each; those that mean nothing there are left out later. */
    private static final HttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.trailersFactory().withValidation(false);

    private FieldCopy() {}

    /** The end of a message with these trailers, which obey {@link FieldRule#TRAILERS}. */
    public static LastHttpContent end(Headers<CharSequence, CharSequence, ?> trailers) {
        LastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, UNCHECKED);
        copy(trailers, last.trailingHeaders());
        return last;
    }

    /** Adds all but the fields of a connection. */
    public static void copy(HttpHeaders from, Headers<CharSequence, CharSequence, ?> to) {
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
    public static void copy(Headers<CharSequence, CharSequence, ?> from, HttpHeaders to) {
        for (Map.Entry<CharSequence, CharSequence> field : from) {
            if (field.getKey().charAt(0) != ':') {
                to.add(field.getKey(), field.getValue());
            }
        }
    }
}

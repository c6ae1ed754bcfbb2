package dev.berth.proxy.fields;

import io.netty.handler.codec.Headers;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses the fields that speak of one HTTP/1 connection (RFC 9113 section 8.2.2, RFC 9114 section
 * 4.2); of TE only {@code trailers} may be there. A Transfer-Encoding that got through would frame
 * the request a second time at the backend.
 */
final class ConnectionFields implements FieldRule {
    private static final List<CharSequence> FORBIDDEN =
            List.of(
                    HttpHeaderNames.CONNECTION,
                    HttpHeaderNames.TRANSFER_ENCODING,
                    HttpHeaderNames.UPGRADE,
                    AsciiString.cached("keep-alive"),
                    AsciiString.cached("proxy-connection"),
                    AsciiString.cached("http2-settings"));

    @Override
    public @Nullable String violation(Headers<CharSequence, CharSequence, ?> fields) {
        for (CharSequence name : FORBIDDEN) {
            if (fields.contains(name)) {
                return "it has the connection field " + name;
            }
        }
        for (CharSequence te : fields.getAll(HttpHeaderNames.TE)) {
            if (!HttpHeaderValues.TRAILERS.contentEqualsIgnoreCase(te)) {
                return "its TE is not \"trailers\"";
            }
        }
        return null;
    }
}

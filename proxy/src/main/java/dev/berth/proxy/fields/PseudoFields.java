package dev.berth.proxy.fields;

import dev.berth.proxy.http.Tokens;
import io.netty.handler.codec.Headers;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requires the pseudo-headers of a request, each once, and no others (RFC 9113 section 8.3.1, RFC
 * 9114 section 4.3.1): {@code :method}, {@code :scheme} and a {@code :path} that begins with a
 * slash, or is the asterisk, and, since HTTP/1 would end the target there, has no space. A whole
 * URL in it would name a second host. CONNECT has only {@code :method} and {@code :authority}
 * (section 8.5), unless {@code :protocol} makes it an extended one (RFC 8441 section 4). That they
 * stand before all other fields is seen to while HPACK or QPACK is decoded.
 */
final class PseudoFields implements FieldRule {
    @Override
    public @Nullable String violation(Headers<CharSequence, CharSequence, ?> fields) {
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            CharSequence name = field.getKey();
            if (name.charAt(0) == ':') {
                PseudoHeaderName known = PseudoHeaderName.getPseudoHeader(AsciiString.of(name));
                if (known == null || known == PseudoHeaderName.STATUS) {
                    return "it has a pseudo-header that requests do not have";
                }
                if (fields.getAll(name).size() > 1) {
                    return "it has a pseudo-header twice";
                }
            }
        }
        CharSequence method = fields.get(PseudoHeaderName.METHOD.value());
        if (method == null || !Tokens.isToken(method)) {
            return "its :method is no token";
        }
        boolean extended = fields.contains(PseudoHeaderName.PROTOCOL.value());
        boolean connect = AsciiString.contentEquals("CONNECT", method);
        if (extended && !connect) {
            return "it has a :protocol and is no CONNECT";
        }
        return connect && !extended ? violationOfConnect(fields) : violationOfTarget(fields);
    }

    private static @Nullable String violationOfConnect(
            Headers<CharSequence, CharSequence, ?> fields) {
        return fields.get(PseudoHeaderName.SCHEME.value()) != null
                        || fields.get(PseudoHeaderName.PATH.value()) != null
                ? "it is a CONNECT with a :scheme or :path"
                : null;
    }

    private static @Nullable String violationOfTarget(
            Headers<CharSequence, CharSequence, ?> fields) {
        CharSequence path = fields.get(PseudoHeaderName.PATH.value());
        if (path == null || path.isEmpty() || hasSpace(path)) {
            return "its :path is missing, empty or has a space";
        }
        if (path.charAt(0) != '/' && !AsciiString.contentEquals("*", path)) {
            return "its :path is neither a path nor \"*\"";
        }
        CharSequence scheme = fields.get(PseudoHeaderName.SCHEME.value());
        if (scheme == null
                || !(AsciiString.contentEqualsIgnoreCase("https", scheme)
                        || AsciiString.contentEqualsIgnoreCase("http", scheme))) {
            return "its :scheme is neither http nor https";
        }
        return fields.get(PseudoHeaderName.AUTHORITY.value()) == null
                        && !fields.contains(HttpHeaderNames.HOST)
                ? "it has neither :authority nor host"
                : null;
    }

    private static boolean hasSpace(CharSequence path) {
        return path.chars().anyMatch(c -> c == ' ' || c == '\t');
    }
}

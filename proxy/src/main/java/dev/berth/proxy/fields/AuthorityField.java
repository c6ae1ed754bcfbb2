package dev.berth.proxy.fields;

import io.netty.handler.codec.Headers;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requires a Host field beside {@code :authority} to name the same host (RFC 9113 section 8.3.1,
 * RFC 9114 section 4.3.1): a backend might route by the one, the edge by the other.
 */
final class AuthorityField implements FieldRule {
    @Override
    public @Nullable String violation(Headers<CharSequence, CharSequence, ?> fields) {
        List<CharSequence> hosts = fields.getAll(HttpHeaderNames.HOST);
        CharSequence authority = fields.get(PseudoHeaderName.AUTHORITY.value());
        if (hosts.size() > 1) {
            return "it has more than one host";
        }
        return authority != null
                        && !hosts.isEmpty()
                        && !AsciiString.contentEqualsIgnoreCase(authority, hosts.getFirst())
                ? "its :authority and its host differ"
                : null;
    }
}

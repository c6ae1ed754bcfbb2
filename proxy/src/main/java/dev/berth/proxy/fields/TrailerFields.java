package dev.berth.proxy.fields;

import io.netty.handler.codec.Headers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Refuses pseudo-headers in trailers (RFC 9113 section 8.1, RFC 9114 section 4.3). */
final class TrailerFields implements FieldRule {
    @Override
    public @Nullable String violation(Headers<CharSequence, CharSequence, ?> fields) {
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            if (field.getKey().charAt(0) == ':') {
                return "its trailers have a pseudo-header";
            }
        }
        return null;
    }
}

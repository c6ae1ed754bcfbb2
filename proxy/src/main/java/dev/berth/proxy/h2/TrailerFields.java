package dev.berth.proxy.h2;

import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Refuses pseudo-headers in trailers (RFC 9113 section 8.1). */
final class TrailerFields implements FieldRule {
    @Override
    public @Nullable String violation(Http2Headers fields) {
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            if (field.getKey().charAt(0) == ':') {
                return "its trailers have a pseudo-header";
            }
        }
        return null;
    }
}

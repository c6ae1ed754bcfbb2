package dev.berth.reconciler.feedback;

import dev.berth.schemas.config.ResourceId;
import org.jspecify.annotations.Nullable;

/**
 * Where Berth's own pages are. There is no link to pages that only this machine can open: what
 * would be one is {@code null}.
 *
 * @param base {@code https://berth.example.com}, without a slash at its end
 * @param isPublic whether others than this machine can open it
 */
public record Links(String base, boolean isPublic) {
    /** Pages that others can open. */
    public Links(String base) {
        this(base, true);
    }

    /** The page of the Instance's own URL; without one, pages that only this machine can open. */
    public static Links of(@Nullable String url, int port) {
        return url == null
                ? new Links("http://127.0.0.1:" + port, false)
                : new Links(url.replaceFirst("/+$", ""));
    }

    @Nullable String build(String id) {
        return to("/builds/" + id);
    }

    @Nullable String resource(ResourceId id) {
        return to("/resources/" + id);
    }

    @Nullable String previews() {
        return to("/previews");
    }

    @Nullable String home() {
        return to("/");
    }

    private @Nullable String to(String page) {
        return isPublic ? base + page : null;
    }
}

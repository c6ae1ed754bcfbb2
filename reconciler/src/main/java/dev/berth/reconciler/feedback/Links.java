package dev.berth.reconciler.feedback;

import dev.berth.schemas.config.ResourceId;

/**
 * Where Berth's own pages are.
 *
 * @param base {@code https://berth.example.com}, without a slash at its end
 */
public record Links(String base) {
    String build(String id) {
        return base + "/builds/" + id;
    }

    String resource(ResourceId id) {
        return base + "/resources/" + id;
    }

    String previews() {
        return base + "/previews";
    }
}

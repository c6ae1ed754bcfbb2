package dev.berth.schemas.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Names one resource of an instance; written {@code app/shop}. Ordered by kind, then name.
 *
 * @param name as in {@code metadata.name}
 */
public record ResourceId(Kind kind, String name) implements Comparable<ResourceId> {
    private static final Comparator<ResourceId> ORDER =
            Comparator.comparing(ResourceId::kind).thenComparing(ResourceId::name);

    public static ResourceId app(String name) {
        return new ResourceId(Kind.App, name);
    }

    /**
     * Reads {@link #toString}'s form.
     *
     * @throws IllegalArgumentException if the text is not {@code kind/name} of a known kind
     */
    @JsonCreator
    public static ResourceId parse(String text) {
        int slash = text.indexOf('/');
        for (Kind kind : Kind.values()) {
            if (slash > 0
                    && kind.word().equals(text.substring(0, slash).toLowerCase(Locale.ROOT))) {
                return new ResourceId(kind, text.substring(slash + 1));
            }
        }
        throw new IllegalArgumentException("not a resource id (kind/name): " + text);
    }

    @Override
    public int compareTo(ResourceId other) {
        return ORDER.compare(this, other);
    }

    /**
     * As of any record. Written out because a pass compares ids as often as there are pairs of
     * apps, and the generated methods, which go through method handles, cost most of it without C2.
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ResourceId that && kind == that.kind && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + name.hashCode();
    }

    @JsonValue
    @Override
    public String toString() {
        return kind.word() + "/" + name;
    }
}

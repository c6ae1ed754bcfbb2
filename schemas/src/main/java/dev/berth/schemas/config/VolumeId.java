package dev.berth.schemas.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;

/**
 * Names one volume of an app; written {@code volume/shop/uploads}. Ordered by app, then name.
 *
 * @param name as in {@code spec.volumes}
 */
public record VolumeId(ResourceId app, String name) implements Comparable<VolumeId> {
    private static final String PREFIX = "volume/";
    private static final Comparator<VolumeId> ORDER =
            Comparator.comparing(VolumeId::app).thenComparing(VolumeId::name);

    /**
     * Reads {@link #toString}'s form.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    @JsonCreator
    public static VolumeId parse(String text) {
        int slash = text.indexOf('/', PREFIX.length());
        if (!text.startsWith(PREFIX) || slash < 0) {
            throw new IllegalArgumentException("not a volume id (volume/app/name): " + text);
        }
        return new VolumeId(
                ResourceId.app(text.substring(PREFIX.length(), slash)), text.substring(slash + 1));
    }

    @Override
    public int compareTo(VolumeId other) {
        return ORDER.compare(this, other);
    }

    @JsonValue
    @Override
    public String toString() {
        return PREFIX + app.name() + "/" + name;
    }
}

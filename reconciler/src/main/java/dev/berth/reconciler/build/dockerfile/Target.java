package dev.berth.reconciler.build.dockerfile;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * For whom a Dockerfile is written.
 *
 * @param app its name; what must not be shared between apps is kept under it
 * @param args build arguments that the author gives, by name
 */
public record Target(String app, Builder builder, SortedSet<String> args) {
    public Target {
        args = Collections.unmodifiableSortedSet(new TreeSet<>(args));
    }

    /** What reads it. */
    public enum Builder {
        /** Knows mounts, so that downloads outlive a build. */
        BUILDKIT,
        /** Knows layers only. */
        CLASSIC
    }
}

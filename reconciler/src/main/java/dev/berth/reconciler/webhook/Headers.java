package dev.berth.reconciler.webhook;

import org.jspecify.annotations.Nullable;

/** The header fields of a request. */
@FunctionalInterface
public interface Headers {
    /** The first value of a field, by any letter case of its name; {@code null} = it has none. */
    @Nullable String first(String name);
}

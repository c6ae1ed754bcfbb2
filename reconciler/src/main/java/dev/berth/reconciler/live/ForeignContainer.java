package dev.berth.reconciler.live;

import org.jspecify.annotations.Nullable;

/**
 * A container that is looked at by its name, because a document names it.
 *
 * @param running whether it runs, or is about to run again
 * @param instance the Berth that made it; {@code null} = none did, so it may be taken over from
 */
public record ForeignContainer(
        ContainerId id, String name, boolean running, @Nullable String instance) {}

package dev.berth.reconciler.desired;

import org.jspecify.annotations.Nullable;

/**
 * The release that an app is to stay at.
 *
 * @param release its id
 * @param fault why it can't be gone back to, for people; {@code null} = it can, or nobody has
 *     looked
 */
public record DesiredPin(String release, @Nullable String fault) {}

package dev.berth.reconciler.build.queue;

import dev.berth.schemas.config.ResourceId;
import org.jspecify.annotations.Nullable;

/**
 * Code to be built.
 *
 * @param app whose it is
 * @param image what it is to make, {@code berth/<app>:<hash of all that goes in>}
 * @param repo whose code it is, without login; {@code null} = the config repo
 * @param commit 40 hex
 */
public record Order(ResourceId app, String image, @Nullable String repo, String commit) {}

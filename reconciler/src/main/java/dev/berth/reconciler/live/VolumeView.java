package dev.berth.reconciler.live;

import dev.berth.schemas.config.VolumeId;

/**
 * A named volume of our instance.
 *
 * @param name in the engine
 * @param id whose it is
 */
public record VolumeView(String name, VolumeId id) {}

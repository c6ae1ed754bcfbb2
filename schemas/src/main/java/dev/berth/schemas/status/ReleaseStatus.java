package dev.berth.schemas.status;

import dev.berth.schemas.config.ResourceId;
import java.time.Instant;

/**
 * A release that an app can be pinned to.
 *
 * @param id what {@code spec.pin} names it by
 * @param revision the commit of its source
 * @param readyAt when it was first seen ready, the last time
 * @param wanted true for the one that should serve now
 */
public record ReleaseStatus(
        ResourceId app,
        String id,
        String image,
        String revision,
        Instant readyAt,
        boolean wanted) {}

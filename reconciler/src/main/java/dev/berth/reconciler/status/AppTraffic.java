package dev.berth.reconciler.status;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.TrafficStatus;

/** How the edge serves each app now; answers from memory. Thread-safe. */
@FunctionalInterface
public interface AppTraffic {
    /** Of an app; without routes when the edge serves none of it. */
    TrafficStatus of(ResourceId app);
}

package dev.berth.reconciler.live;

import dev.berth.schemas.config.ResourceId;

/**
 * Names of our objects in the engine. They follow from what the object is for, so that a request
 * sent twice can't make two objects.
 */
public final class ObjectNames {
    private ObjectNames() {}

    /** The network of an app. */
    public static String network(String instance, ResourceId app) {
        return "berth_" + instance + "_" + app.name();
    }

    /** A named volume of an app. */
    public static String volume(String instance, ResourceId app, String volume) {
        return "berth_" + instance + "_" + app.name() + "_" + volume;
    }

    /**
     * A container.
     *
     * @param slot replica, from 1
     * @param attempt 1 for the first container of that release and slot, more for its replacements
     */
    public static String container(
            String instance,
            ResourceId app,
            String process,
            String release,
            int slot,
            int attempt) {
        String base =
                "berth_%s_%s_%s_%s_%d".formatted(instance, app.name(), process, release, slot);
        return attempt == 1 ? base : base + "_" + attempt;
    }
}

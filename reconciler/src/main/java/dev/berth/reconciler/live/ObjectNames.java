package dev.berth.reconciler.live;

import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.VolumeId;
import org.jspecify.annotations.Nullable;

/**
 * Names of our objects in the engine. They follow from what the object is for, so that a request
 * sent twice can't make two objects.
 */
public final class ObjectNames {
    private ObjectNames() {}

    /** The network of an app, or of a job that has one of its own. */
    public static String network(String instance, ResourceId owner) {
        String name = "berth_" + instance + "_" + owner.name();
        return owner.kind() == Kind.App ? name : name + "_" + owner.kind().word();
    }

    /** A named volume of an app. */
    public static String volume(String instance, ResourceId app, String volume) {
        return "berth_" + instance + "_" + app.name() + "_" + volume;
    }

    /** Whose volume a name stands for; {@code null} when it is no name of a volume of that app. */
    public static @Nullable VolumeId volumeId(String instance, ResourceId app, String name) {
        String prefix = volume(instance, app, "");
        return name.startsWith(prefix) && name.length() > prefix.length()
                ? new VolumeId(app, name.substring(prefix.length()))
                : null;
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

    /** A stamp that says who writes; unlike any volume's, whose names have no dots. */
    public static String epoch(String instance, long number) {
        return "berth_%s.epoch.%d".formatted(instance, number);
    }

    /**
     * A container of an image, by the hash of what that was built from, that only files are read
     * of.
     */
    public static String files(String instance, ResourceId app, String hash) {
        return "berth_%s_%s_files_%s".formatted(instance, app.name(), hash);
    }

    /** A container that runs once. */
    public static String run(String instance, ResourceId owner, RunView.Role role, String run) {
        return "berth_%s_%s_%s_%s".formatted(instance, owner.name(), role.word(), run);
    }
}

package dev.berth.reconciler.cleanup;

import java.time.Duration;
import java.util.List;

/**
 * What goes from the engine's disk.
 *
 * @param due goes in any case, because nobody needed it for long enough
 * @param pressing goes in this order until the disk is below the low watermark; empty while it is
 *     not above the high one
 * @param notes what is remembered for the next time, if all of this is carried out or none
 */
public record CleanupPlan(List<Step> due, List<Step> pressing, ImageNotes notes) {
    public CleanupPlan {
        due = List.copyOf(due);
        pressing = List.copyOf(pressing);
    }

    /** One thing that goes. */
    public sealed interface Step {
        /** Why it may go, for people. */
        String why();

        /** What it does, for people: completes "Berth has ...". */
        String what();
    }

    /**
     * A name of an image, and the image with its last name.
     *
     * @param name one that it has, or its id when it has none
     * @param bytes of the image with all its layers
     */
    public record RemoveImage(String name, String id, long bytes, String why) implements Step {
        /** Whether only its id is left of it, as of a layer that builds may use. */
        public boolean isNameless() {
            return name.equals(id);
        }

        @Override
        public String what() {
            return "removed image " + name;
        }
    }

    /**
     * Build cache.
     *
     * @param unusedFor only what was not used for that long; zero = all
     */
    public record PruneCache(Duration unusedFor, String why) implements Step {
        @Override
        public String what() {
            return unusedFor.isZero()
                    ? "removed all build cache"
                    : "removed build cache not used for " + Bytes.text(unusedFor);
        }
    }
}

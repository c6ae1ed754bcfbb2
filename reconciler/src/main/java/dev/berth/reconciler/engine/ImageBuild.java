package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;

/**
 * One image to build.
 *
 * @param reference the tag it gets
 * @param context writes the build context as a tar
 * @param dockerfile path in the context
 * @param labels labels of the image
 */
public record ImageBuild(
        String reference,
        Context context,
        String dockerfile,
        SortedMap<String, String> args,
        Map<String, String> labels,
        Duration deadline) {
    public ImageBuild {
        labels = Map.copyOf(labels);
    }

    /** Writes a tar; may be called more than once. */
    @FunctionalInterface
    public interface Context {
        void writeTo(OutputStream out) throws ReconcileException;
    }
}

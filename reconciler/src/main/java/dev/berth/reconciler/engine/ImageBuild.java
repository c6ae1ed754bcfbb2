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
 * @param context writes the build context as a tar, without what its ignore files leave out
 * @param labels labels of the image
 */
public record ImageBuild(
        String reference,
        Context context,
        Dockerfile dockerfile,
        SortedMap<String, String> args,
        Map<String, String> labels,
        Duration deadline) {
    public ImageBuild {
        labels = Map.copyOf(labels);
    }

    /**
     * The Dockerfile of a context. The builder reads it from the context; its text is for choosing
     * the builder, before the context is written.
     *
     * @param path in the context
     * @param text empty when the context has none: the builder says so best
     */
    public record Dockerfile(String path, String text) {}

    /** Writes a tar, each time that the image is built. */
    @FunctionalInterface
    public interface Context {
        void writeTo(OutputStream out) throws ReconcileException;
    }
}

package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.desired.BuildLimits;
import dev.berth.reconciler.engine.dockerfile.WrittenDockerfile;
import dev.berth.reconciler.secret.Secret;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One image to build.
 *
 * @param reference the tag it gets
 * @param context writes the build context as a tar, without what its ignore files leave out
 * @param secrets what steps can mount, by id; in no layer, argument, label or line of the log
 * @param labels labels of the image
 * @param limits of the whole build and of each of its steps
 */
public record ImageBuild(
        String reference,
        Context context,
        Dockerfile dockerfile,
        SortedMap<String, String> args,
        SortedMap<String, Secret> secrets,
        Map<String, String> labels,
        BuildLimits limits) {
    private static final Duration LEAST = Duration.ofSeconds(1);

    public ImageBuild {
        secrets = Collections.unmodifiableSortedMap(new TreeMap<>(secrets));
        labels = Map.copyOf(labels);
    }

    /** One without secrets, limited only in time. */
    public ImageBuild(
            String reference,
            Context context,
            Dockerfile dockerfile,
            SortedMap<String, String> args,
            Map<String, String> labels,
            Duration deadline) {
        this(
                reference,
                context,
                dockerfile,
                args,
                new TreeMap<>(),
                labels,
                BuildLimits.within(deadline));
    }

    /** The time that it may take. */
    public Duration deadline() {
        return limits.timeout();
    }

    /** The same with more labels; those that it has win. */
    ImageBuild labelled(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.putAll(labels);
        return new ImageBuild(reference, context, dockerfile, args, secrets, all, limits);
    }

    /**
     * The same, with what a Dockerfile of Berth names pinned to what it is now. Other people's
     * Dockerfiles stay as they are.
     *
     * @param digests {@code sha256:...} by reference
     */
    ImageBuild pinned(Map<String, String> digests) {
        return dockerfile.added()
                ? new ImageBuild(
                        reference,
                        context,
                        new Dockerfile(
                                dockerfile.path(),
                                new WrittenDockerfile(dockerfile.text()).pinned(digests).text(),
                                true),
                        args,
                        secrets,
                        labels,
                        limits)
                : this;
    }

    /** The same with what is left of its time; some is left in any case. */
    ImageBuild sooner(Duration by) {
        if (by.compareTo(LEAST) < 0) {
            return this;
        }
        Duration left = deadline().minus(by);
        Duration time = left.compareTo(LEAST) < 0 ? LEAST : left;
        return new ImageBuild(
                reference,
                context,
                dockerfile,
                args,
                secrets,
                labels,
                new BuildLimits(time, limits.memoryBytes(), limits.cpuMillis()));
    }

    /** The whole tar that a builder gets. */
    Context context(Form form) {
        return dockerfile.added()
                ? out -> {
                    AddedFiles.of(dockerfile, form).writeTo(out);
                    context.writeTo(out);
                }
                : context;
    }

    /** For whom a Dockerfile that Berth wrote is sent. */
    enum Form {
        /** Any builder that reads ignore files. */
        ANY,
        BUILDKIT
    }

    /**
     * The Dockerfile of a build.
     *
     * @param path in the context
     * @param text empty when the context has none: the builder says so best
     * @param added false: it is in the context, where the builder reads it, and its text is for
     *     choosing the builder; true: Berth wrote it, and it is sent beside the context
     */
    public record Dockerfile(String path, String text, boolean added) {
        /** What builders read to know which files they are not to see. Sent with what is added. */
        public static final String IGNORED = ".dockerignore";

        /** One in the context. */
        public Dockerfile(String path, String text) {
            this(path, text, false);
        }
    }

    /** Writes a tar, each time that the image is built. */
    @FunctionalInterface
    public interface Context {
        void writeTo(OutputStream out) throws ReconcileException;
    }
}

package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.SecretUse;
import dev.berth.reconciler.source.SourcePin;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where the image of an app comes from. */
public sealed interface ImageSource {
    /** The reference that containers are made from. */
    String reference();

    /** What Berth builds is named so. */
    String BUILT = "berth/";

    /**
     * The name in a registry of what is built.
     *
     * @param reference {@code berth/<app>:<hash>}
     * @param registry where it is pushed to; {@code null} = nowhere
     * @return {@code <registry>/<app>:<hash>}; {@code null} when it is pushed nowhere
     */
    static @Nullable String pushedAs(String reference, @Nullable String registry) {
        return registry == null || !reference.startsWith(BUILT)
                ? null
                : registry + "/" + reference.substring(BUILT.length());
    }

    /** The image of a release that ran before. */
    static ImageSource again(String reference) {
        return reference.startsWith(BUILT) ? new Kept(reference) : new Prebuilt(reference);
    }

    /** Built for a release of before; when the engine does not have it any more, nobody has. */
    record Kept(String reference) implements ImageSource {}

    /** Pulled when the engine does not have it. */
    record Prebuilt(String reference) implements ImageSource {}

    /**
     * Built when the engine does not have it.
     *
     * @param reference {@code berth/<app>:<hash>}; the hash covers what a builder gets, the
     *     Dockerfile (its path, or its text when Berth wrote it), arguments and versions of
     *     secrets, so the same code is built once, whatever the commit
     * @param args build arguments, sorted
     * @param secrets what is mounted into steps that ask for it, by id, sorted
     * @param limits what the build may take
     */
    record Built(
            String reference,
            SourcePin pin,
            Recipe.ByDockerfile recipe,
            SortedMap<String, String> args,
            SortedMap<String, SecretUse> secrets,
            BuildLimits limits)
            implements ImageSource {
        public Built {
            args = Collections.unmodifiableSortedMap(new TreeMap<>(args));
            secrets = Collections.unmodifiableSortedMap(new TreeMap<>(secrets));
        }

        /** Without secrets, and with the usual limits. */
        public Built(
                String reference,
                SourcePin pin,
                Recipe.ByDockerfile recipe,
                SortedMap<String, String> args) {
            this(reference, pin, recipe, args, new TreeMap<>(), BuildLimits.USUAL);
        }

        /** Name of the app whose code it is. */
        public String app() {
            return reference.substring(BUILT.length(), reference.lastIndexOf(':'));
        }

        /** What stands for the image in its reference: 12 hexadecimal digits. */
        public String hash() {
            return reference.substring(reference.lastIndexOf(':') + 1);
        }
    }
}

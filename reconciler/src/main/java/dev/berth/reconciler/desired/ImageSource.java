package dev.berth.reconciler.desired;

import dev.berth.reconciler.source.SourcePin;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Where the image of an app comes from. */
public sealed interface ImageSource {
    /** The reference that containers are made from. */
    String reference();

    /** Pulled when the engine does not have it. */
    record Prebuilt(String reference) implements ImageSource {}

    /**
     * Built when the engine does not have it.
     *
     * @param reference {@code berth/<app>:<hash>}; the hash covers directory content, Dockerfile
     *     path and arguments, so the same code is built once, whatever the commit
     * @param dockerfile relative to the pin's path
     * @param args build arguments, sorted
     */
    record Built(String reference, SourcePin pin, String dockerfile, SortedMap<String, String> args)
            implements ImageSource {
        public Built {
            args = Collections.unmodifiableSortedMap(new TreeMap<>(args));
        }
    }
}

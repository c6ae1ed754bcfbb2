package dev.berth.reconciler.source;

import org.jspecify.annotations.Nullable;

/**
 * A directory of a commit: what an image is built from or a site is served from.
 *
 * @param repo URL of the repo; {@code null} = the config repo
 * @param path directory in the repo, {@code .} for its root
 * @param directoryId Git object id of the directory's content; equal ids mean equal files
 */
public record SourcePin(
        @Nullable String repo, Revision revision, String path, String directoryId) {}

package dev.berth.reconciler.source;

import org.jspecify.annotations.Nullable;

/**
 * A directory of a commit: what an image is built from or a site is served from.
 *
 * @param repo URL of the repo; {@code null} = the config repo
 * @param path directory in the repo, {@code .} for its root
 * @param directoryId stands for the directory's content, as far as it counts: a Git object id, or a
 *     hash of what a builder gets; equal ids mean equal files
 */
public record SourcePin(
        @Nullable String repo, Revision revision, String path, String directoryId) {}

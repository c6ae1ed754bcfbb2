package dev.berth.reconciler.desired;

import dev.berth.reconciler.preview.Preview;
import dev.berth.schemas.config.ResourceId;
import org.jspecify.annotations.Nullable;

/**
 * What has come of a preview.
 *
 * @param repo whose pull request or branch it is, without login
 * @param host where it is served; {@code null} = nowhere, as nothing of it answers requests
 * @param fault why it is not there although it is wanted; {@code null} when it is among the apps,
 *     or is not wanted
 */
public record PreviewState(
        Preview preview, String repo, @Nullable String host, @Nullable String fault) {
    /** The app that it is a preview of. */
    public ResourceId parent() {
        return preview.id().parent();
    }
}

package dev.berth.reconciler.desired;

import dev.berth.reconciler.preview.Preview;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * What has come of a preview.
 *
 * @param repo whose pull request or branch it is, without login
 * @param host where it is served; {@code null} = nowhere, as nothing of it answers requests
 * @param fault why it is not as it should be although it is wanted; {@code null} when it is among
 *     the apps with the commit that it should be of, or is not wanted
 */
public record PreviewState(
        Preview preview, String repo, @Nullable String host, @Nullable Fault fault) {
    /**
     * Why it is not as it should be. What runs of it stays as it is.
     *
     * @param reason SourceUnavailable when nobody can tell now
     */
    public record Fault(ReasonCode reason, String message) {
        /** Its code, or what it is declared as, has to change. */
        static Fault of(String message) {
            return new Fault(ReasonCode.BuildFailed, message);
        }

        /** Its place is taken: it has no traffic, but loses nothing else. */
        static Fault conflict(String message) {
            return new Fault(ReasonCode.Conflict, message);
        }

        /** It can't be told now. */
        static Fault unavailable(String message) {
            return new Fault(ReasonCode.SourceUnavailable, message);
        }
    }

    /** The same, which is not as it should be. */
    PreviewState with(Fault because) {
        return new PreviewState(preview, repo, host, because);
    }

    /** The app that it is a preview of. */
    public ResourceId parent() {
        return preview.id().parent();
    }
}

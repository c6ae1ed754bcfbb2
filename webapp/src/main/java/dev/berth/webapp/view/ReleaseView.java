package dev.berth.webapp.view;

import dev.berth.schemas.status.ReleaseStatus;
import java.time.Instant;

/**
 * A release that an app can be pinned to.
 *
 * @param commit short
 * @param wanted true for the one that should serve now
 */
public record ReleaseView(String id, String image, String commit, Moment readyAt, boolean wanted) {
    private static final int SHORT = 12;

    public static ReleaseView of(ReleaseStatus status, Instant now) {
        String commit = status.revision();
        return new ReleaseView(
                status.id(),
                status.image(),
                commit.substring(0, Math.min(SHORT, commit.length())),
                Moment.of(status.readyAt(), now),
                status.wanted());
    }
}

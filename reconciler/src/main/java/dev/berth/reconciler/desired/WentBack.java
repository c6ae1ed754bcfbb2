package dev.berth.reconciler.desired;

import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * That an app went back by itself: its release failed soon after it had taken over, and the one
 * before it is to serve until its spec changes.
 *
 * @param generation of the spec that is not followed
 * @param from id of the release that failed
 * @param to id of the release that was ready before it
 * @param stage how far that has come
 * @param at when it was decided
 * @param reason what ailed the release
 * @param message likewise, for people; the last lines of its log below
 * @param obstacle why the release before can't serve either; {@code null} unless it was given up
 */
public record WentBack(
        String generation,
        String from,
        String to,
        Stage stage,
        Instant at,
        ReasonCode reason,
        String message,
        @Nullable String obstacle) {
    /** How far it has come. */
    public enum Stage {
        /** The release before is being brought back. */
        UNDERWAY,
        /** The release before has taken over again: from here on there is no way back. */
        THERE,
        /** The release before did not get ready either: the one that failed is left as it is. */
        GIVEN_UP
    }

    public WentBack {
        Objects.requireNonNull(generation, "generation"); // all of it may come from a damaged file
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(message, "message");
    }

    /** It has begun. */
    public static WentBack begun(
            String generation,
            String from,
            String to,
            Instant at,
            ReasonCode reason,
            String message) {
        return new WentBack(generation, from, to, Stage.UNDERWAY, at, reason, message, null);
    }

    /** The release before serves. */
    public WentBack arrived() {
        return new WentBack(generation, from, to, Stage.THERE, at, reason, message, null);
    }

    /** The release before can't serve. */
    public WentBack givenUp(String because) {
        return new WentBack(generation, from, to, Stage.GIVEN_UP, at, reason, message, because);
    }

    /** The same with more to say. */
    public WentBack saying(String more) {
        return new WentBack(generation, from, to, stage, at, reason, message + more, obstacle);
    }

    /** The first line of the message. */
    public String headline() {
        return message.lines().findFirst().orElse("");
    }
}

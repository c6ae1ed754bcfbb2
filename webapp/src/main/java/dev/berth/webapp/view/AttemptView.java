package dev.berth.webapp.view;

import dev.berth.schemas.status.Attempt;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One try to make a resource what its document says, as a row.
 *
 * @param tone the colour's name in the style sheet
 * @param release {@code null} for what has none
 * @param text why it was made, or what went wrong
 * @param who the author's name; {@code null} when not known
 * @param times empty for once
 */
public record AttemptView(
        String outcome,
        String tone,
        @Nullable RevisionView revision,
        @Nullable String release,
        String text,
        String took,
        @Nullable String who,
        String times,
        Moment at) {

    /** The last tries, newest first. */
    public static List<AttemptView> of(ResourceStatus status, Instant now) {
        return status.history().stream().map(attempt -> of(attempt, now)).toList();
    }

    private static AttemptView of(Attempt attempt, Instant now) {
        String detail = attempt.detail();
        return new AttemptView(
                attempt.outcome().name(),
                tone(attempt.outcome()),
                RevisionView.of(attempt.revision()),
                attempt.release(),
                detail == null ? attempt.reason() : attempt.reason() + ": " + detail,
                Moment.length(attempt.took()),
                ChangeView.nameOf(attempt.who()),
                attempt.times() > 1 ? attempt.times() + " times" : "",
                Moment.of(attempt.at(), now));
    }

    private static String tone(Attempt.Outcome outcome) {
        return switch (outcome) {
            case Succeeded -> "good";
            case Failed, RolledBack -> "bad";
            case Superseded -> "idle";
        };
    }
}

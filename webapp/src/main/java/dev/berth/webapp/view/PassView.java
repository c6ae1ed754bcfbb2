package dev.berth.webapp.view;

import dev.berth.reconciler.status.PassSummary;
import dev.berth.schemas.status.PassReport;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pass in a list or as the head of its page. */
public record PassView(
        String id,
        String href,
        String trigger,
        @Nullable RevisionView revision,
        @Nullable String who,
        Moment at,
        String took,
        int changes,
        int failed,
        int problems,
        @Nullable Long epoch) {

    public static PassView of(PassSummary pass, Instant now) {
        return new PassView(
                pass.id(),
                "/passes/" + pass.id(),
                pass.trigger(),
                RevisionView.of(pass.revision()),
                ChangeView.nameOf(pass.author()),
                Moment.of(pass.startedAt(), now),
                Moment.length(pass.duration()),
                pass.changes(),
                pass.failed(),
                pass.problems(),
                pass.epoch());
    }

    public static PassView of(PassReport pass, Instant now) {
        List<ChangeView> changes = pass.changes().stream().map(ChangeView::of).toList();
        return new PassView(
                pass.id(),
                "/passes/" + pass.id(),
                pass.trigger(),
                RevisionView.of(pass.revision()),
                ChangeView.nameOf(pass.author()),
                Moment.of(pass.startedAt(), now),
                Moment.length(pass.duration()),
                changes.size(),
                (int) changes.stream().filter(change -> change.tone().equals("bad")).count(),
                pass.problems().size(),
                pass.epoch());
    }
}

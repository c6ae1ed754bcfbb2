package dev.berth.webapp.view;

import dev.berth.reconciler.status.Event;
import dev.berth.schemas.status.Commit;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.PassReport.ChangeReport;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Something that was done, or that turned, in a list.
 *
 * @param reasons each on one line
 * @param outcome the word; empty for a condition that turned
 * @param tone the colour's name in the style sheet
 * @param detail what it said, on several lines; {@code null} when nothing
 * @param who the author's name; {@code null} when not known
 * @param at {@code null} where the list is of one pass
 */
public record ChangeView(
        String resource,
        String what,
        List<String> reasons,
        String outcome,
        String tone,
        @Nullable String detail,
        String took,
        @Nullable String who,
        @Nullable String pass,
        @Nullable Moment at) {

    /** As the page of its pass tells it: of who made the commit only where that is another one. */
    public static ChangeView of(ChangeReport change) {
        Commit begunFor = change.begunFor();
        return new ChangeView(
                change.resource().toString(),
                change.what(),
                headlines(change.reasons()),
                change.outcome().name(),
                tone(change.outcome()),
                said(change.reasons(), change.detail()),
                Moment.length(change.duration()),
                begunFor == null ? null : nameOf(begunFor.author()),
                null,
                null);
    }

    public static ChangeView of(Event event, Instant now) {
        PassReport.Result outcome = event.outcome();
        return new ChangeView(
                event.resource().toString(),
                event.what(),
                headlines(event.reasons()),
                outcome == null ? "" : outcome.name(),
                outcome == null ? "idle" : tone(outcome),
                said(event.reasons(), event.detail()),
                outcome == null ? stood(event) : Moment.length(event.duration()),
                nameOf(event.who()),
                event.pass(),
                Moment.of(event.at(), now));
    }

    private static String stood(Event transition) {
        return transition.duration().isPositive()
                ? "after " + Moment.length(transition.duration())
                : "";
    }

    private static List<String> headlines(List<String> reasons) {
        return reasons.stream().map(reason -> reason.lines().findFirst().orElse("")).toList();
    }

    /** The detail, or what follows the first line of the reasons: a probe's answer, log lines. */
    private static @Nullable String said(List<String> reasons, @Nullable String detail) {
        if (detail != null) {
            return detail;
        }
        String rest =
                reasons.stream()
                        .flatMap(reason -> reason.lines().skip(1))
                        .collect(Collectors.joining("\n"));
        return rest.isEmpty() ? null : rest;
    }

    /** The name in {@code Name <mail>}. */
    public static @Nullable String nameOf(@Nullable String author) {
        if (author == null) {
            return null;
        }
        int mail = author.indexOf(" <");
        return mail > 0 ? author.substring(0, mail) : author;
    }

    private static String tone(PassReport.Result outcome) {
        return switch (outcome) {
            case Done -> "good";
            case Failed, Blocked -> "bad";
            case Waiting -> "work";
            case Skipped -> "idle";
        };
    }
}

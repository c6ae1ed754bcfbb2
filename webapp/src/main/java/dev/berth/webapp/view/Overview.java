package dev.berth.webapp.view;

import dev.berth.reconciler.status.StatusBoard.Posting;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.status.PassReport;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first page.
 *
 * @param name the instance's; empty before it is known
 * @param headline the whole in one sentence
 * @param tone the headline's colour
 * @param pass the newest; {@code null} before the first
 * @param rows ordered by how much they need a person, then by id; without the instance itself and
 *     previews
 * @param previews of each app that has or awaits any; they are no part of the headline
 */
public record Overview(
        String name,
        String headline,
        String tone,
        @Nullable PassView pass,
        List<Banner> banners,
        List<ProblemView> problems,
        List<ResourceView> rows,
        List<PreviewGroup> previews) {
    /** Problems shown before a reader asks for more. */
    public static final int FIRST_PROBLEMS = 8;

    public static Overview of(
            @Nullable Posting posting, @Nullable String historyFailure, Instant now) {
        List<Banner> banners = Banner.of(posting, historyFailure, now);
        if (posting == null) {
            return new Overview(
                    "",
                    "Waiting for the first pass",
                    "idle",
                    null,
                    banners,
                    List.of(),
                    List.of(),
                    List.of());
        }
        PassReport pass = posting.pass();
        List<ResourceView> rows =
                pass.resources().stream()
                        .filter(status -> status.id().kind() != Kind.Instance)
                        .filter(status -> PreviewId.of(status.id()) == null)
                        .map(status -> ResourceView.of(status, now))
                        .sorted(
                                Comparator.comparing(ResourceView::state)
                                        .thenComparing(ResourceView::kind)
                                        .thenComparing(ResourceView::name))
                        .toList();
        Tally tally =
                Tally.of(
                        rows,
                        !pass.problems().isEmpty()
                                || banners.stream().anyMatch(b -> b.tone().equals("bad")));
        return new Overview(
                name(pass),
                tally.headline(),
                tally.tone(),
                PassView.of(pass, now),
                banners,
                ProblemView.of(pass.problems()),
                rows,
                PreviewGroup.all(posting, now).stream()
                        .filter(group -> !group.shown().isEmpty())
                        .toList());
    }

    /** How many rows are in that state. */
    public long count(State state) {
        return rows.stream().filter(row -> row.state() == state).count();
    }

    public List<ProblemView> firstProblems() {
        return problems.subList(0, Math.min(FIRST_PROBLEMS, problems.size()));
    }

    public List<ProblemView> moreProblems() {
        return problems.subList(Math.min(FIRST_PROBLEMS, problems.size()), problems.size());
    }

    /** Whether the column of certificates says anything. */
    public boolean certified() {
        return rows.stream().anyMatch(row -> row.certificate() != null);
    }

    private static String name(PassReport pass) {
        return pass.resources().stream()
                .filter(status -> status.id().kind() == Kind.Instance)
                .map(status -> status.id().name())
                .findFirst()
                .orElse("");
    }

    /**
     * The rows counted.
     *
     * @param troubled something about the whole is not as it should be
     */
    private record Tally(long attention, long moving, int all, boolean troubled) {
        static Tally of(List<ResourceView> rows, boolean troubled) {
            return new Tally(
                    rows.stream().filter(row -> row.state().needsAttention()).count(),
                    rows.stream().filter(row -> row.state().moving()).count(),
                    rows.size(),
                    troubled);
        }

        String headline() {
            if (all == 0) {
                return "Nothing is declared yet";
            }
            if (attention > 0) {
                return attention == 1
                        ? "1 of %d needs attention".formatted(all)
                        : "%d of %d need attention".formatted(attention, all);
            }
            if (moving > 0) {
                return "%d of %d on the way".formatted(moving, all);
            }
            if (troubled) {
                return all == 1 ? "It keeps running" : "All %d keep running".formatted(all);
            }
            return all == 1 ? "1 resource, as written" : "All %d as written".formatted(all);
        }

        String tone() {
            return attention > 0
                    ? "bad"
                    : moving > 0 ? "work" : all == 0 ? "idle" : troubled ? "warn" : "good";
        }
    }
}

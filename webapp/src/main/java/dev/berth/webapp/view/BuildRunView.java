package dev.berth.webapp.view;

import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.Build.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One build in a list or as the head of its page.
 *
 * @param state in a word or two: {@code Building}, {@code Failed in Building}
 * @param tone the colour's name in the style sheet
 * @param commit 12 hex
 * @param repo whose code; {@code null} = the config repo
 * @param why of its last step; {@code null} when that is plain
 * @param pushed what names the image in its registry; {@code null} = it is in none
 * @param goesOn true while it may still change
 */
public record BuildRunView(
        String id,
        String href,
        String app,
        String appHref,
        String image,
        @Nullable String pushed,
        String state,
        String tone,
        String commit,
        @Nullable String repo,
        int attempt,
        Moment at,
        String took,
        @Nullable String why,
        boolean goesOn,
        List<StepView> steps) {

    /**
     * A step.
     *
     * @param lasted until the next; {@code null} for the last
     */
    public record StepView(
            String phase, String tone, Moment at, @Nullable String lasted, @Nullable String why) {}

    public static BuildRunView of(Build build, Instant now) {
        Phase failedIn = build.failedIn();
        return new BuildRunView(
                build.id(),
                "/builds/" + build.id(),
                build.app().name(),
                "/resources/app/" + build.app().name(),
                build.image(),
                build.pushed(),
                failedIn == null ? build.phase().name() : "Failed in " + failedIn,
                tone(build.phase()),
                build.commit().substring(0, Math.min(12, build.commit().length())),
                build.repo(),
                build.attempt(),
                Moment.of(build.queuedAt(), now),
                Moment.length(build.took(now)),
                build.steps().getLast().message(),
                !build.phase().last(),
                steps(build, now));
    }

    private static List<StepView> steps(Build build, Instant now) {
        List<StepView> views = new ArrayList<>();
        for (int from = 0, to; from < build.steps().size(); from = to) {
            to = endOfAttempt(build.steps(), from);
            List<Build.Step> attempt = build.steps().subList(from, to);
            if (to < build.steps().size()) {
                views.add(inOne(attempt, now));
            } else {
                views.addAll(each(attempt, now));
            }
        }
        return views;
    }

    private static int endOfAttempt(List<Build.Step> steps, int from) {
        int to = from;
        while (to < steps.size() && steps.get(to).attempt() == steps.get(from).attempt()) {
            to++;
        }
        return to;
    }

    /** Of one that came to nothing only that is told. */
    private static StepView inOne(List<Build.Step> attempt, Instant now) {
        Build.Step first = attempt.getFirst();
        Build.Step last = attempt.getLast();
        return new StepView(
                "Attempt " + first.attempt(),
                "idle",
                Moment.of(first.at(), now),
                Moment.length(Duration.between(first.at(), last.at())),
                last.message());
    }

    private static List<StepView> each(List<Build.Step> steps, Instant now) {
        List<StepView> views = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Build.Step step = steps.get(i);
            Build.Step next = i + 1 < steps.size() ? steps.get(i + 1) : null;
            views.add(
                    new StepView(
                            step.phase().name(),
                            next == null ? tone(step.phase()) : "idle",
                            Moment.of(step.at(), now),
                            next == null
                                    ? null
                                    : Moment.length(Duration.between(step.at(), next.at())),
                            step.message()));
        }
        return views;
    }

    private static String tone(Phase phase) {
        return switch (phase) {
            case Serving -> "good";
            case Failed -> "bad";
            case Superseded, Queued -> "idle";
            case Fetching, Detecting, Building, Pushing, Releasing, Probing -> "work";
        };
    }
}

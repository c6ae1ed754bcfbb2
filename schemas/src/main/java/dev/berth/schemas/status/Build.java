package dev.berth.schemas.status;

import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One way from an app's code to what serves it, with every step of it. What is built already is not
 * built again, and has no second one.
 *
 * @param id unique, growing with time for an app, of letters, digits and {@code -}
 * @param app whose code it is
 * @param image what it makes, {@code berth/<app>:<hash of all that goes in>}
 * @param repo whose code it is, without login; {@code null} = the config repo
 * @param commit what is built, 40 hex
 * @param attempt from 1; another one was begun when control ended, or could not go on, during the
 *     one before
 * @param steps what it came to and when, oldest first; never empty
 * @param pushed what names the image in its registry, {@code <registry>/<app>@sha256:...}; {@code
 *     null} = it is in none, as far as is known
 */
public record Build(
        String id,
        ResourceId app,
        String image,
        @Nullable String repo,
        String commit,
        int attempt,
        List<Step> steps,
        @Nullable String pushed) {
    /** One whose network is gone may be tried for days. */
    private static final int LAST_ATTEMPTS = 10;

    public Build {
        steps = List.copyOf(steps);
    }

    /** One whose image is in no registry. */
    public Build(
            String id,
            ResourceId app,
            String image,
            @Nullable String repo,
            String commit,
            int attempt,
            List<Step> steps) {
        this(id, app, image, repo, commit, attempt, steps, null);
    }

    /** How far one is. */
    public enum Phase {
        /** It waits for its turn. */
        Queued,
        /** Its commit is read. */
        Fetching,
        /** What it is made by is looked at: the Dockerfile, what is left out. */
        Detecting,
        /** The engine builds. */
        Building,
        /** The image is put into the registry that builds are pushed to. */
        Pushing,
        /** The image is there; containers are made of it, or files are read out of it. */
        Releasing,
        /** What was made is asked whether it works. */
        Probing,
        /** Requests get to it; for what has no route: it runs. */
        Serving,
        /** It came to nothing, for the reason of its step. */
        Failed,
        /** Something newer is wanted in its place, or nothing any more. */
        Superseded;

        /** True when nothing comes after. */
        public boolean last() {
            return switch (this) {
                case Serving, Failed, Superseded -> true;
                case Queued, Fetching, Detecting, Building, Pushing, Releasing, Probing -> false;
            };
        }

        /** True until the image is there. */
        public boolean makesImage() {
            return compareTo(Releasing) < 0;
        }
    }

    /**
     * What it came to.
     *
     * @param attempt in which
     * @param reason a code where it failed; {@code null} elsewhere
     * @param message why, for people; {@code null} where that is plain
     */
    public record Step(
            Phase phase,
            Instant at,
            int attempt,
            @Nullable ReasonCode reason,
            @Nullable String message) {}

    /** One try of a build. */
    public record Attempt(String build, int number) {}

    /** The newest there is of this build. */
    public Attempt inAttempt() {
        return new Attempt(id, attempt);
    }

    /** How far it is. */
    public Phase phase() {
        return steps.getLast().phase();
    }

    /** When it was asked for. */
    public Instant queuedAt() {
        return steps.getFirst().at();
    }

    /** How long it has taken; until now, as long as it goes on. */
    public Duration took(Instant now) {
        Instant end = phase().last() ? steps.getLast().at() : now;
        return Duration.between(queuedAt(), end);
    }

    /** Where it failed: the phase before; {@code null} when it has not. */
    public @Nullable Phase failedIn() {
        return phase() == Phase.Failed && steps.size() > 1
                ? steps.get(steps.size() - 2).phase()
                : null;
    }

    /** The same, one step on. Of many attempts it has the first and the last ones. */
    public Build with(Step step) {
        int newest = Math.max(attempt, step.attempt());
        List<Step> all = new ArrayList<>(steps);
        all.add(step);
        all.removeIf(old -> old.attempt() > 1 && old.attempt() <= newest - LAST_ATTEMPTS);
        return new Build(id, app, image, repo, commit, newest, all, pushed);
    }

    /** The same, whose image is in a registry by that name. */
    public Build pushedAs(String name) {
        return new Build(id, app, image, repo, commit, attempt, steps, name);
    }

    /** With the words of its steps cleaned of what may not leave. */
    public Build cleaned(UnaryOperator<String> cleaner) {
        return new Build(
                id,
                app,
                image,
                repo,
                commit,
                attempt,
                steps.stream()
                        .map(
                                step ->
                                        new Step(
                                                step.phase(),
                                                step.at(),
                                                step.attempt(),
                                                step.reason(),
                                                step.message() == null
                                                        ? null
                                                        : cleaner.apply(step.message())))
                        .toList(),
                pushed);
    }
}

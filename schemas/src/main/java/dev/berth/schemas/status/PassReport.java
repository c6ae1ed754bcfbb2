package dev.berth.schemas.status;

import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What one pass saw, decided and did.
 *
 * @param id unique and growing with time
 * @param trigger what woke it, in words
 * @param revision {@code main@sha1:<40 hex>}; empty when no revision could be read
 * @param author who made that commit; {@code null} when not known
 * @param plan the printed plan
 * @param changes what was carried out, in plan order
 * @param problems of the whole repo
 * @param resources the status of each resource after the pass
 * @param schedules what apps run by the clock, ordered by app; empty in a report of the past
 * @param releases what apps can be pinned to, by app, newest first; likewise
 * @param builds how the code of apps is built, by app; likewise
 * @param orphans what nobody declares and stays; not kept in the history
 * @param previews what pull requests and branches are to apps that have previews, by app; not kept
 *     in the history
 * @param epoch the stamp by which this Berth wrote; {@code null} when it did not, or an older Berth
 *     kept none
 */
public record PassReport(
        String id,
        String trigger,
        String revision,
        @Nullable String author,
        Instant startedAt,
        Duration duration,
        String plan,
        List<ChangeReport> changes,
        List<String> problems,
        List<ResourceStatus> resources,
        List<ScheduleStatus> schedules,
        List<ReleaseStatus> releases,
        List<BuildStatus> builds,
        List<Orphan> orphans,
        List<PreviewStatus> previews,
        @Nullable Long epoch) {
    public PassReport {
        previews = List.copyOf(previews);
        releases = List.copyOf(releases);
        builds = List.copyOf(builds);
        schedules = List.copyOf(schedules);
        changes = List.copyOf(changes);
        problems = List.copyOf(problems);
        resources = List.copyOf(resources);
        orphans = List.copyOf(orphans);
    }

    /**
     * Something of ours on the engine that no document declares, and that stays.
     *
     * @param what {@code volume}, {@code container}, {@code run} or {@code network}
     * @param name in the engine
     * @param owner whose it was, {@code app/shop}
     * @param why why it stays
     * @param advice what to do about it
     */
    public record Orphan(String what, String name, String owner, String why, String advice) {
        private Orphan cleaned(UnaryOperator<String> cleaner) {
            return new Orphan(what, name, owner, cleaner.apply(why), cleaner.apply(advice));
        }
    }

    /** One without previews. */
    public PassReport(
            String id,
            String trigger,
            String revision,
            @Nullable String author,
            Instant startedAt,
            Duration duration,
            String plan,
            List<ChangeReport> changes,
            List<String> problems,
            List<ResourceStatus> resources,
            List<ScheduleStatus> schedules,
            List<ReleaseStatus> releases,
            List<BuildStatus> builds,
            List<Orphan> orphans,
            @Nullable Long epoch) {
        this(
                id, trigger, revision, author, startedAt, duration, plan, changes, problems,
                resources, schedules, releases, builds, orphans, List.of(), epoch);
    }

    /** The same with what apps can be pinned to. */
    public PassReport withReleases(List<ReleaseStatus> known) {
        return new PassReport(
                id, trigger, revision, author, startedAt, duration, plan, changes, problems,
                resources, schedules, known, builds, orphans, previews, epoch);
    }

    /** One without schedules and releases, of which nobody knows who wrote. */
    public PassReport(
            String id,
            String trigger,
            String revision,
            @Nullable String author,
            Instant startedAt,
            Duration duration,
            String plan,
            List<ChangeReport> changes,
            List<String> problems,
            List<ResourceStatus> resources) {
        this(
                id, trigger, revision, author, startedAt, duration, plan, changes, problems,
                resources, List.of(), List.of(), List.of(), List.of(), null);
    }

    /**
     * One change.
     *
     * @param what the change in one line, as the plan prints it
     * @param reasons why, a line each
     * @param outcome how it ended
     * @param detail for a failure: the cause, the probe's answer, the last log lines
     * @param begunFor the commit of the pass that began it; {@code null} when that is this pass
     */
    public record ChangeReport(
            ResourceId resource,
            String what,
            List<String> reasons,
            Result outcome,
            @Nullable String detail,
            Duration duration,
            @Nullable Commit begunFor) {
        public ChangeReport {
            reasons = List.copyOf(reasons);
        }

        /** One that this pass began. */
        public ChangeReport(
                ResourceId resource,
                String what,
                List<String> reasons,
                Result outcome,
                @Nullable String detail,
                Duration duration) {
            this(resource, what, reasons, outcome, detail, duration, null);
        }

        /** It, told by a pass of one commit, and begun for that one or another. */
        public ChangeReport begunFor(Commit begun, Commit now) {
            return new ChangeReport(
                    resource,
                    what,
                    reasons,
                    outcome,
                    detail,
                    duration,
                    begun.revision().equals(now.revision()) ? null : begun);
        }

        private ChangeReport cleaned(UnaryOperator<String> cleaner) {
            return new ChangeReport(
                    resource,
                    cleaner.apply(what),
                    reasons.stream().map(cleaner).toList(),
                    outcome,
                    detail == null ? null : cleaner.apply(detail),
                    duration,
                    begunFor);
        }
    }

    /** With all words for people cleaned of what may not leave: values of secrets. */
    public PassReport cleaned(UnaryOperator<String> cleaner) {
        return new PassReport(
                id,
                cleaner.apply(trigger),
                revision,
                author,
                startedAt,
                duration,
                cleaner.apply(plan),
                changes.stream().map(c -> c.cleaned(cleaner)).toList(),
                problems.stream().map(cleaner).toList(),
                resources.stream().map(r -> r.cleaned(cleaner)).toList(),
                schedules,
                releases,
                builds.stream().map(b -> b.cleaned(cleaner)).toList(),
                orphans.stream().map(o -> o.cleaned(cleaner)).toList(),
                previews.stream().map(p -> p.cleaned(cleaner)).toList(),
                epoch);
    }

    /** How a change ended. */
    public enum Result {
        Done,
        Failed,
        Waiting,
        Skipped,
        Blocked
    }
}

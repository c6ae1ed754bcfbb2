package dev.berth.reconciler.status;

import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.Problem;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.reconciler.plan.Reason;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.PassReport.ChangeReport;
import dev.berth.schemas.status.PassReport.Result;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import dev.berth.schemas.status.ResourceStatus.Replicas;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Wanted, planned and happened in; the whole status out. Recomputed by every pass, never patched.
 * Pure.
 */
public final class StatusDeriver {
    private final PassInput pass;
    private final Instant now;

    private StatusDeriver(PassInput pass) {
        this.pass = pass;
        this.now =
                pass.startedAt()
                        .plus(pass.duration())
                        .truncatedTo(ChronoUnit.MILLIS); // finer than a database keeps it
    }

    /** The report of a pass. */
    public static PassReport derive(PassInput pass) {
        return new StatusDeriver(pass).report();
    }

    private PassReport report() {
        List<String> problems = pass.desired().problems().stream().map(Problem::toString).toList();
        return switch (pass.desired()) {
            case DesiredState.Unknown(var cause, _) ->
                    report("", null, problems, unknownSource(cause));
            case DesiredState.Known desired ->
                    report(
                            desired.revision().toString(),
                            desired.revision().author(),
                            problems,
                            resources(desired));
        };
    }

    private PassReport report(
            String revision,
            @Nullable String author,
            List<String> problems,
            List<ResourceStatus> resources) {
        return new PassReport(
                pass.id(),
                pass.trigger(),
                revision,
                author,
                pass.startedAt(),
                pass.duration(),
                PlanPrinter.print(pass.plan()),
                pass.outcomes().all().stream().map(StatusDeriver::change).toList(),
                problems,
                resources);
    }

    private static ChangeReport change(Outcome outcome) {
        Change change = outcome.change();
        Result result =
                switch (outcome) {
                    case Outcome.Done _ -> Result.Done;
                    case Outcome.Failed failed ->
                            failed.next() == Outcome.Next.WAIT ? Result.Waiting : Result.Failed;
                    case Outcome.Skipped _ -> Result.Skipped;
                    case Outcome.Blocked _ -> Result.Blocked;
                };
        String detail = outcome instanceof Outcome.Failed failed ? failed.message() : null;
        Duration took =
                switch (outcome) {
                    case Outcome.Done(_, var duration) -> duration;
                    case Outcome.Failed(_, var duration, _, _, _) -> duration;
                    case Outcome.Skipped _, Outcome.Blocked _ -> Duration.ZERO;
                };
        return new ChangeReport(
                change.resource(),
                PlanPrinter.line(change),
                change.reasons().stream().map(Reason::text).toList(),
                result,
                detail,
                took);
    }

    /** Nothing could be read: what was known stays, only the source is in doubt. */
    private List<ResourceStatus> unknownSource(String cause) {
        Condition source =
                condition(
                        null,
                        ConditionType.SourceVerified,
                        Status.False,
                        ReasonCode.SourceUnavailable,
                        cause,
                        "");
        return Stream.concat(
                        Stream.of(
                                instanceStatus(
                                        instanceId(),
                                        "",
                                        List.of(source, notReady(source)),
                                        List.of())),
                        pass.before().values().stream()
                                .filter(s -> s.id().kind() != Kind.Instance)
                                .sorted(java.util.Comparator.comparing(ResourceStatus::id)))
                .toList();
    }

    private ResourceId instanceId() {
        return pass.before().keySet().stream()
                .filter(id -> id.kind() == Kind.Instance)
                .findFirst()
                .orElse(new ResourceId(Kind.Instance, "unknown"));
    }

    private Condition notReady(Condition because) {
        return condition(
                pass.before().get(instanceId()),
                ConditionType.Ready,
                Status.False,
                because.reason(),
                because.message(),
                because.observedGeneration());
    }

    private List<ResourceStatus> resources(DesiredState.Known desired) {
        List<ResourceStatus> resources = new ArrayList<>();
        resources.add(instance(desired));
        for (DesiredApp app : desired.apps().values()) {
            resources.add(app(desired, app));
        }
        TreeSet<ResourceId> domains = new TreeSet<>();
        desired.routes().stream()
                .map(DesiredRoute::owner)
                .filter(id -> id.kind() == Kind.Domain)
                .forEach(domains::add);
        for (ResourceId domain : domains) {
            resources.add(domain(desired, domain));
        }
        for (ResourceId held : new TreeSet<>(desired.held())) {
            resources.add(held(desired, held));
        }
        for (ResourceId leaving : leaving(desired)) {
            resources.add(leaving(desired, leaving));
        }
        return resources;
    }

    private ResourceStatus instance(DesiredState.Known desired) {
        ResourceId id = new ResourceId(Kind.Instance, desired.instance());
        ResourceStatus before = pass.before().get(id);
        List<Condition> conditions = new ArrayList<>();
        String stale = desired.staleCause();
        conditions.add(
                stale == null
                        ? condition(
                                before,
                                ConditionType.SourceVerified,
                                Status.True,
                                ReasonCode.Succeeded,
                                "read " + desired.revision(),
                                "")
                        : condition(
                                before,
                                ConditionType.SourceVerified,
                                Status.False,
                                ReasonCode.SourceUnavailable,
                                stale,
                                ""));
        int problems = desired.problems().size();
        String waiting = desired.waiting().get(id);
        if (waiting != null) {
            conditions.add(
                    condition(
                            before,
                            ConditionType.Ready,
                            Status.False,
                            ReasonCode.InternalError,
                            waiting,
                            ""));
        } else if (pass.plan().unknown() != null) {
            conditions.add(
                    condition(
                            before,
                            ConditionType.Ready,
                            Status.Unknown,
                            ReasonCode.EngineUnavailable,
                            Objects.requireNonNull(pass.plan().unknown()),
                            ""));
        } else if (problems > 0) {
            conditions.add(
                    condition(
                            before,
                            ConditionType.Ready,
                            Status.False,
                            ReasonCode.ValidationFailed,
                            problems
                                    + (problems == 1 ? " problem" : " problems")
                                    + " in the config repo",
                            ""));
        } else {
            conditions.add(
                    condition(
                            before,
                            ConditionType.Ready,
                            Status.True,
                            ReasonCode.Succeeded,
                            "the config repo is valid",
                            ""));
        }
        return instanceStatus(
                id,
                desired.revision().toString(),
                conditions,
                desired.problems().stream().map(Problem::toString).toList());
    }

    private ResourceStatus instanceStatus(
            ResourceId id, String revision, List<Condition> conditions, List<String> problems) {
        return new ResourceStatus(
                id,
                "",
                null,
                revision,
                revision.isEmpty() ? null : revision,
                conditions,
                List.of(),
                Map.of(),
                null,
                null,
                problems);
    }

    /** One that was put off is ready still, but by what was applied before. */
    private static boolean carriedOut(List<Outcome> outcomes) {
        return outcomes.stream().noneMatch(Outcome.Failed.class::isInstance);
    }

    private ResourceStatus app(DesiredState.Known desired, DesiredApp app) {
        ResourceStatus before = pass.before().get(app.id());
        String generation = app.generation().text();
        List<Outcome> own = pass.outcomes().of(app.id());
        List<Condition> conditions = conditions(before, generation, own, app);
        boolean ready = conditions.getFirst().status() == Status.True;
        String revision = desired.revision().toString();
        List<Change> done =
                own.stream().filter(o -> o instanceof Outcome.Done).map(Outcome::change).toList();
        return new ResourceStatus(
                app.id(),
                generation,
                app.declaredAt().toString(),
                revision,
                ready && carriedOut(own)
                        ? revision
                        : before == null ? null : before.appliedRevision(),
                conditions,
                urls(desired, app.id()),
                replicas(app),
                done.isEmpty()
                        ? before == null ? null : before.lastChange()
                        : PlanPrinter.headline(done),
                done.isEmpty() ? before == null ? null : before.lastChangeAt() : now,
                problemsAt(desired, app.declaredAt().file()));
    }

    /** Ready first, then the others that have something to say. */
    private List<Condition> conditions(
            @Nullable ResourceStatus before,
            String generation,
            List<Outcome> outcomes,
            @Nullable DesiredApp app) {
        boolean suspended = app != null && app.suspended();
        if (pass.plan().unknown() != null) {
            return List.of(
                    condition(
                            before,
                            ConditionType.Ready,
                            Status.Unknown,
                            ReasonCode.EngineUnavailable,
                            Objects.requireNonNull(pass.plan().unknown()),
                            generation));
        }
        for (Outcome outcome : outcomes) {
            switch (outcome) {
                case Outcome.Failed failed
                        when failed.reason() == ReasonCode.Superseded && wasReady(before) -> {
                    return putOff(Objects.requireNonNull(before), failed.message(), generation);
                }
                case Outcome.Failed failed -> {
                    return failure(
                            before,
                            generation,
                            failed.reason(),
                            failed.message(),
                            failed.next() == Outcome.Next.STALL);
                }
                case Outcome.Blocked(var blocked) -> {
                    return failure(
                            before,
                            generation,
                            blocked.code(),
                            blocked.reasons().getLast().text(),
                            blocked.byPerson());
                }
                case Outcome.Done _, Outcome.Skipped _ -> {}
            }
        }
        boolean asleep = app != null && Sleepers.sleeps(pass, app);
        return List.of(
                suspended
                        ? condition(
                                before,
                                ConditionType.Ready,
                                Status.False,
                                ReasonCode.Suspended,
                                "suspended in the config repo",
                                generation)
                        : condition(
                                before,
                                ConditionType.Ready,
                                Status.True,
                                asleep ? ReasonCode.Asleep : ReasonCode.Succeeded,
                                asleep
                                        ? "asleep; the next request starts it"
                                        : "serves what is declared",
                                generation));
    }

    private static boolean wasReady(@Nullable ResourceStatus before) {
        Condition ready = before == null ? null : before.condition(ConditionType.Ready);
        return ready != null && ready.status() == Status.True;
    }

    /** Left for something more urgent: it goes on at once, and what served goes on serving. */
    private List<Condition> putOff(ResourceStatus before, String message, String generation) {
        return List.of(
                Objects.requireNonNull(before.condition(ConditionType.Ready)),
                condition(
                        before,
                        ConditionType.Reconciling,
                        Status.True,
                        ReasonCode.Superseded,
                        message,
                        generation));
    }

    private List<Condition> failure(
            @Nullable ResourceStatus before,
            String generation,
            ReasonCode reason,
            String message,
            boolean stalled) {
        return List.of(
                condition(before, ConditionType.Ready, Status.False, reason, message, generation),
                condition(
                        before,
                        stalled ? ConditionType.Stalled : ConditionType.Reconciling,
                        Status.True,
                        reason,
                        stalled
                                ? "not tried again until its spec changes"
                                : "tried again with growing pauses",
                        generation));
    }

    private ResourceStatus domain(DesiredState.Known desired, ResourceId id) {
        List<DesiredRoute> routes =
                desired.routes().stream().filter(r -> r.owner().equals(id)).toList();
        ResourceStatus before = pass.before().get(id);
        List<Outcome> outcomes =
                routes.stream()
                        .map(DesiredRoute::server)
                        .distinct()
                        .flatMap(server -> pass.outcomes().of(server).stream())
                        .toList();
        String revision = desired.revision().toString();
        return new ResourceStatus(
                id,
                "",
                routes.getFirst().declaredAt().toString(),
                revision,
                revision,
                conditions(before, "", outcomes, null),
                urls(desired, id),
                Map.of(),
                before == null ? null : before.lastChange(),
                before == null ? null : before.lastChangeAt(),
                problemsAt(desired, routes.getFirst().declaredAt().file()));
    }

    private ResourceStatus held(DesiredState.Known desired, ResourceId id) {
        ResourceStatus before = pass.before().get(id);
        return new ResourceStatus(
                id,
                "",
                before == null ? null : before.declaredAt(),
                desired.revision().toString(),
                before == null ? null : before.appliedRevision(),
                failure(
                        before,
                        "",
                        ReasonCode.ValidationFailed,
                        desired.waiting()
                                .getOrDefault(
                                        id,
                                        "its document has problems; whatever runs of it is left as it is"),
                        true),
                List.of(),
                Map.of(),
                before == null ? null : before.lastChange(),
                before == null ? null : before.lastChangeAt(),
                desired.problems().stream().map(Problem::toString).toList());
    }

    private List<ResourceId> leaving(DesiredState.Known desired) {
        return pass.outcomes().all().stream()
                .filter(o -> !(o instanceof Outcome.Done))
                .map(o -> o.change().resource())
                .filter(id -> id.kind() == Kind.App && !desired.apps().containsKey(id))
                .distinct()
                .toList();
    }

    private ResourceStatus leaving(DesiredState.Known desired, ResourceId id) {
        ResourceStatus before = pass.before().get(id);
        return new ResourceStatus(
                id,
                "",
                null,
                desired.revision().toString(),
                before == null ? null : before.appliedRevision(),
                conditions(before, "", pass.outcomes().of(id), null),
                List.of(),
                Map.of(),
                before == null ? null : before.lastChange(),
                before == null ? null : before.lastChangeAt(),
                List.of());
    }

    private Map<String, Replicas> replicas(DesiredApp app) {
        if (!(app.workload() instanceof Workload.Containers wanted)) {
            return Map.of();
        }
        Map<String, Replicas> replicas = new HashMap<>();
        boolean done =
                pass.outcomes().of(app.id()).stream().allMatch(o -> o instanceof Outcome.Done);
        wanted.processes()
                .forEach(
                        (name, process) -> {
                            int target =
                                    app.suspended() || Sleepers.sleeps(pass, app)
                                            ? 0
                                            : process.replicas();
                            replicas.put(
                                    name,
                                    new Replicas(target, done ? target : running(app.id(), name)));
                        });
        return replicas;
    }

    private int running(ResourceId app, String process) {
        return switch (pass.live()) {
            case Observation.Unknown _ -> 0;
            case Observation.Known(LiveState live) ->
                    (int)
                            live.containersOf(app).stream()
                                    .filter(c -> c.process().equals(process) && c.running())
                                    .count();
        };
    }

    private List<String> urls(DesiredState.Known desired, ResourceId id) {
        String port = pass.httpPort() == 80 ? "" : ":" + pass.httpPort();
        return desired.routes().stream()
                .filter(r -> r.owner().equals(id) || r.server().equals(id))
                .map(r -> "http://" + r.host() + port + (r.path().equals("/") ? "" : r.path()))
                .distinct()
                .toList();
    }

    private static List<String> problemsAt(DesiredState.Known desired, String file) {
        return desired.problems().stream()
                .filter(p -> p.location().file().equals(file))
                .map(Problem::toString)
                .toList();
    }

    private Condition condition(
            @Nullable ResourceStatus before,
            ConditionType type,
            Status status,
            ReasonCode reason,
            String message,
            String generation) {
        Condition old = before == null ? null : before.condition(type);
        Instant since = old != null && old.status() == status ? old.lastTransitionTime() : now;
        return new Condition(type, status, reason, message, generation, since);
    }
}

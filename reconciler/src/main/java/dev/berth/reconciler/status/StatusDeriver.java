package dev.berth.reconciler.status;

import dev.berth.reconciler.cleanup.Room;
import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.Problem;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.reconciler.source.Doubt;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.BuildStatus;
import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.Commit;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import dev.berth.schemas.status.ScheduleStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Wanted, planned and happened in; the whole status out. Recomputed by every pass, never patched.
 * Pure.
 */
public final class StatusDeriver {
    private static final String HELD =
            "its document has problems; whatever runs of it is left as it is";

    private static final String UNRENEWED =
            "not renewed while its document has problems: mend these";

    private static final String UNREAD = "not renewed until the config repo can be read";

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
        return switch (pass.desired()) {
            case DesiredState.Unknown(var doubt, _) ->
                    report("", null, sourceUnknown(doubt), List.of(), List.of());
            case DesiredState.Known desired -> report(new PassView(pass, desired, now));
        };
    }

    private PassReport report(PassView view) {
        return report(
                view.revision(),
                view.desired().revision().author(),
                resources(view),
                new CronStatusDeriver(view).schedules(),
                Recipes.of(view.desired()));
    }

    private PassReport report(
            String revision,
            @Nullable String author,
            List<ResourceStatus> resources,
            List<ScheduleStatus> schedules,
            List<BuildStatus> builds) {
        return new PassReport(
                pass.id(),
                pass.trigger(),
                revision,
                author,
                pass.startedAt(),
                pass.duration(),
                PlanPrinter.print(pass.plan()),
                Stream.concat(
                                ChangeReports.of(pass, new Commit(revision, author), resources)
                                        .stream(),
                                pass.tidiness().removed().stream())
                        .toList(),
                pass.desired().problems().stream().map(Problem::toString).toList(),
                resources,
                schedules,
                List.of(),
                builds,
                Orphans.of(pass),
                PreviewStatuses.of(pass.desired(), resources),
                pass.epoch());
    }

    /** Nothing could be read: what was known stays, only the source is in doubt. */
    private List<ResourceStatus> sourceUnknown(Doubt doubt) {
        ResourceId id = instanceId();
        Condition source =
                new Conditions(null, "", now)
                        .condition(
                                ConditionType.SourceVerified,
                                Status.False,
                                doubt.why(),
                                doubt.cause());
        ResourceStatus before = pass.before().get(id);
        Condition ready =
                new Conditions(before, "", now)
                        .ready(Status.False, source.reason(), source.message());
        return Stream.concat(
                        Stream.of(
                                instance(
                                        id,
                                        "",
                                        before == null ? null : before.appliedRevision(),
                                        Stream.of(
                                                        Stream.of(source, ready),
                                                        healthy(new Conditions(before, "", now)),
                                                        new KeptCertificates(
                                                                        new Conditions(
                                                                                before, "", now),
                                                                        UNREAD)
                                                                .condition())
                                                .flatMap(found -> found)
                                                .toList(),
                                        List.of(),
                                        before == null ? null : before.attemptedRevision(),
                                        before == null ? List.of() : before.certificates())),
                        pass.before().values().stream()
                                .filter(s -> s.id().kind() != Kind.Instance)
                                .sorted(Comparator.comparing(ResourceStatus::id)))
                .toList();
    }

    private ResourceId instanceId() {
        return pass.before().keySet().stream()
                .filter(id -> id.kind() == Kind.Instance)
                .findFirst()
                .orElse(new ResourceId(Kind.Instance, "unknown"));
    }

    private List<ResourceStatus> resources(PassView view) {
        DesiredState.Known desired = view.desired();
        List<ResourceStatus> resources = new ArrayList<>();
        resources.add(instance(view));
        AppStatusDeriver apps = new AppStatusDeriver(view);
        desired.apps().values().forEach(app -> resources.add(apps.derive(app)));
        JobStatusDeriver jobs = new JobStatusDeriver(view);
        desired.jobs().values().forEach(job -> resources.add(jobs.derive(job)));
        CronStatusDeriver crons = new CronStatusDeriver(view);
        desired.apps()
                .values()
                .forEach(app -> app.crons().forEach(c -> resources.add(crons.derive(app, c))));
        TreeSet<ResourceId> domains = new TreeSet<>();
        desired.routes().stream()
                .map(DesiredRoute::owner)
                .filter(id -> id.kind() == Kind.Domain)
                .forEach(domains::add);
        domains.forEach(domain -> resources.add(domain(view, domain)));
        new TreeSet<>(desired.held()).forEach(held -> resources.add(held(view, held)));
        leaving(view).forEach(leaving -> resources.add(leaving(view, leaving)));
        return resources;
    }

    private ResourceStatus instance(PassView view) {
        DesiredState.Known desired = view.desired();
        ResourceId id = new ResourceId(Kind.Instance, desired.instance());
        Conditions conditions = view.conditions(id, "");
        Doubt stale = desired.stale();
        Condition source =
                conditions.condition(
                        ConditionType.SourceVerified,
                        stale == null ? Status.True : Status.False,
                        stale == null ? ReasonCode.Succeeded : stale.why(),
                        stale == null ? "read " + desired.revision() : stale.cause());
        String attempted = view.attempted(conditions.before());
        return instance(
                id,
                view.revision(),
                attempted, // what is right of it is applied, whatever else is wrong
                Stream.of(
                                Stream.of(source, valid(desired, id, conditions)),
                                healthy(conditions),
                                view.certificates().condition(id, conditions))
                        .flatMap(found -> found)
                        .toList(),
                view.problems(),
                attempted,
                view.certificates().of(id));
    }

    /** Nothing until the disks were looked at. */
    private Stream<Condition> healthy(Conditions conditions) {
        Room room = pass.tidiness().room();
        return room == null
                ? Stream.empty()
                : Stream.of(
                        conditions.condition(
                                ConditionType.Healthy,
                                room.enough() ? Status.True : Status.False,
                                room.enough() ? ReasonCode.Succeeded : ReasonCode.DiskPressure,
                                room.message()));
    }

    private Condition valid(DesiredState.Known desired, ResourceId id, Conditions conditions) {
        String waiting = desired.waiting().get(id);
        if (waiting != null) {
            return conditions.ready(Status.False, ReasonCode.InternalError, waiting);
        }
        String unknown = pass.plan().unknown();
        if (unknown != null) {
            return conditions.ready(Status.Unknown, ReasonCode.EngineUnavailable, unknown);
        }
        PassInput.LeftAlone left = pass.leftAlone();
        if (left != null) {
            return conditions.ready(Status.Unknown, left.reason(), left.cause());
        }
        Doubt stale = desired.stale();
        if (stale != null && stale.isRefusal()) {
            return conditions.ready(Status.False, stale.why(), stale.cause());
        }
        int problems = desired.problems().size();
        if (problems > 0) {
            return conditions.ready(
                    Status.False,
                    ReasonCode.ValidationFailed,
                    problems + (problems == 1 ? " problem" : " problems") + " in the config repo");
        }
        return conditions.ready(Status.True, ReasonCode.Succeeded, "the config repo is valid");
    }

    private static ResourceStatus instance(
            ResourceId id,
            String revision,
            @Nullable String applied,
            List<Condition> conditions,
            List<String> problems,
            @Nullable String attempted,
            List<CertificateStatus> certificates) {
        return new ResourceStatus(
                id,
                "",
                null,
                revision,
                applied,
                conditions,
                List.of(),
                Map.of(),
                null,
                null,
                problems,
                attempted,
                List.of(),
                certificates);
    }

    /** Nothing is known of it, not even that none is renewed: it stays as it was. */
    static Stream<Condition> certified(@Nullable ResourceStatus before) {
        return before == null
                ? Stream.empty()
                : Stream.ofNullable(before.condition(ConditionType.CertificateReady));
    }

    private ResourceStatus domain(PassView view, ResourceId id) {
        List<DesiredRoute> routes = view.desired().claims().ownedBy(id);
        List<ResourceId> servers = routes.stream().map(DesiredRoute::server).distinct().toList();
        List<Outcome> outcomes =
                servers.stream().flatMap(server -> pass.outcomes().of(server).stream()).toList();
        Conditions conditions = view.conditions(id, "");
        ResourceStatus before = conditions.before();
        List<Condition> after =
                Stream.concat(
                                view
                                        .after(servers, conditions, outcomes, conditions.serves())
                                        .stream(),
                                view.certificates().condition(id, conditions))
                        .toList();
        boolean serves = after.getFirst().status() == Status.True;
        return new ResourceStatus(
                id,
                "",
                routes.getFirst().declaredAt().toString(),
                view.revision(),
                serves ? view.revision() : before == null ? null : before.appliedRevision(),
                after,
                view.urls(id),
                Map.of(),
                before == null ? null : before.lastChange(),
                before == null ? null : before.lastChangeAt(),
                view.problemsAt(routes.getFirst().declaredAt().file()),
                view.attempted(before),
                List.of(),
                view.certificates().of(id));
    }

    private static ResourceStatus held(PassView view, ResourceId id) {
        Conditions conditions = view.conditions(id, "");
        String why = view.desired().waiting().getOrDefault(id, HELD);
        return undeclared(
                view,
                id,
                Stream.concat(
                                conditions.failure(ReasonCode.ValidationFailed, why, true).stream(),
                                new KeptCertificates(conditions, UNRENEWED).condition())
                        .toList(),
                view.problems());
    }

    private List<ResourceId> leaving(PassView view) {
        return pass.outcomes().all().stream()
                .filter(o -> !(o instanceof Outcome.Done))
                .map(o -> o.change().resource())
                .filter(id -> id.kind() == Kind.App || id.kind() == Kind.Job)
                .filter(id -> !view.declares(id))
                .distinct()
                .toList();
    }

    private ResourceStatus leaving(PassView view, ResourceId id) {
        Conditions conditions = view.conditions(id, "");
        return undeclared(
                view,
                id,
                view.after(conditions, pass.outcomes().of(id), conditions.serves()),
                List.of());
    }

    /** Of one whose document is not there, or not readable. */
    private static ResourceStatus undeclared(
            PassView view, ResourceId id, List<Condition> conditions, List<String> problems) {
        ResourceStatus before = view.pass().before().get(id);
        boolean held = view.desired().holds(id);
        return new ResourceStatus(
                id,
                "",
                before == null || !held ? null : before.declaredAt(),
                view.revision(),
                before == null ? null : before.appliedRevision(),
                conditions,
                List.of(),
                Map.of(),
                before == null ? null : before.lastChange(),
                before == null ? null : before.lastChangeAt(),
                problems,
                Attempts.before(before).attempted(),
                Attempts.before(before).newest(),
                before == null || !held ? List.of() : before.certificates());
    }
}

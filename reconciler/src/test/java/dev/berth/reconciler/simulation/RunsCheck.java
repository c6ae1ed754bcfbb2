package dev.berth.reconciler.simulation;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.CronRun;
import dev.berth.reconciler.live.Labels;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** At the end all has run that is to run once, as far as nobody laid hands on it, and no more. */
final class RunsCheck {
    /** Of the one schedule that there is, see {@link Spec.Twist#CRON}. */
    private static final Duration PERIOD = Duration.ofMinutes(5);

    /** So late a run may be when nothing is in its way. */
    private static final Duration LATE = Duration.ofMinutes(2);

    private final SimWorld world;
    private final Tree head;
    private final Sight sight;

    RunsCheck(SimWorld world, Tree head) {
        this.world = world;
        this.head = head;
        this.sight = world.sight();
    }

    /**
     * What is wrong; {@code null} when nothing is.
     *
     * @param unlike what is not as declared, and need not be
     */
    @Nullable String broken(PassReport last, Set<ResourceId> unlike) {
        return Stream.of(
                        jobs(last),
                        runsLeft(unlike),
                        networksLeft(unlike),
                        unprepared(),
                        notFired(unlike))
                .flatMap(found -> found)
                .findFirst()
                .orElse(null);
    }

    private Stream<String> jobs(PassReport last) {
        return head.jobs().entrySet().stream()
                .filter(job -> !world.oracle().hits().some(job.getKey()))
                .flatMap(job -> Stream.ofNullable(job(job.getKey(), job.getValue(), last)));
    }

    private @Nullable String job(String name, Tree.Work work, PassReport last) {
        ResourceId id = new ResourceId(Kind.Job, name);
        List<FakeEngine.Item> runs = runs().filter(run -> Sight.owner(run).equals(id)).toList();
        boolean waits = // for a document that may lay something over it
                world.oracle().holdsAll(head) && !is(conditions(last, id), ConditionType.Ready);
        if (runs.isEmpty() && waits) {
            return null;
        }
        if (runs.size() != 1) {
            return "%s has %d runs".formatted(id, runs.size());
        }
        FakeEngine.Item run = runs.getFirst();
        boolean asDeclared = does(run, work);
        if (!(run.state() instanceof ContainerView.Exited(int code, _))) {
            return mayGoOn(run, asDeclared) ? null : run.name() + " is " + run.state();
        }
        boolean well = asDeclared && work == Tree.Work.ENDS;
        if (asDeclared && well != (code == 0)) {
            return run.name() + " is " + run.state();
        }
        ReasonCode reason =
                !asDeclared
                        ? ReasonCode.Conflict
                        : well ? ReasonCode.JobSucceeded : ReasonCode.JobFailed;
        return isTold(last, id, well, reason)
                ? null
                : "%s is %s, and what is told is %s"
                        .formatted(run.name(), run.state(), conditions(last, id));
    }

    /** Over its time it is by the clock, and by what is declared. */
    private boolean mayGoOn(FakeEngine.Item run, boolean asDeclared) {
        return does(run, Tree.Work.GOES_ON) && (!asDeclared || world.oracle().clockIsWrong());
    }

    private static boolean does(FakeEngine.Item run, Tree.Work work) {
        ContainerTemplate made =
                Json.read(run.labels().getOrDefault(Labels.SPEC, "{}"), ContainerTemplate.class);
        return work.isRunBy(Objects.requireNonNullElse(made.command(), List.of()));
    }

    /** Ready, or that it never will be; and why. */
    private static boolean isTold(PassReport last, ResourceId job, boolean well, ReasonCode why) {
        List<Condition> told = conditions(last, job);
        return is(told, ConditionType.Ready) == well
                && is(told, ConditionType.Stalled) != well
                && told.stream()
                        .anyMatch(c -> c.type() == ConditionType.Ready && c.reason() == why);
    }

    private static boolean is(List<Condition> told, ConditionType type) {
        return told.stream().anyMatch(c -> c.type() == type && c.status() == Condition.Status.True);
    }

    private static List<Condition> conditions(PassReport last, ResourceId id) {
        return last.resources().stream()
                .filter(status -> status.id().equals(id))
                .map(ResourceStatus::conditions)
                .flatMap(List::stream)
                .toList();
    }

    private Stream<String> runsLeft(Set<ResourceId> unlike) {
        return runs().filter(run -> !unlike.contains(Sight.owner(run)) && isForNobody(run))
                .map(run -> run.name() + " is left of what is not declared");
    }

    private Stream<String> networksLeft(Set<ResourceId> unlike) {
        return sight.engine().networks().entrySet().stream()
                .filter(network -> Sight.INSTANCE.equals(network.getValue().get(Labels.INSTANCE)))
                .filter(network -> isLeft(Sight.owner(network.getValue()), unlike))
                .map(network -> network.getKey() + " is left of what is not declared");
    }

    private boolean isLeft(ResourceId owner, Set<ResourceId> unlike) {
        return owner.kind() == Kind.Job
                && !head.jobs().containsKey(owner.name())
                && !unlike.contains(owner);
    }

    private boolean isForNobody(FakeEngine.Item run) {
        ResourceId owner = Sight.owner(run);
        if (owner.kind() == Kind.Job) {
            return !head.jobs().containsKey(owner.name());
        }
        Tree.Doc doc = head.apps().get(owner.name());
        boolean isRight = doc != null && doc.damage() == null && !head.inDoubt(owner.name());
        return doc == null
                || (isRight
                        && doc.spec().twist() != Spec.Twist.CRON
                        && "cron".equals(run.labels().get(Labels.ROLE)));
    }

    /** What serves and was to be prepared by a command, which had not ended well. */
    private Stream<String> unprepared() {
        return serving()
                .filter(view -> spec(view.owner()).twist() == Spec.Twist.RELEASE)
                .filter(world.releaseCommands()::isUnprepared)
                .map(view -> view.name() + " serves, and its release command was not run before");
    }

    /** Apps whose schedule came when all was well, and nothing was run for it. */
    private Stream<String> notFired(Set<ResourceId> unlike) {
        Instant due = lastDue();
        Set<String> times =
                Set.of(CronRun.id(Spec.SCHEDULE, due), CronRun.id(Spec.SCHEDULE, due.plus(PERIOD)));
        return head.apps().entrySet().stream()
                .filter(app -> app.getValue().damage() == null)
                .filter(app -> app.getValue().spec().twist() == Spec.Twist.CRON)
                .filter(app -> !head.inDoubt(app.getKey()))
                .filter(app -> !world.oracle().hits().some(app.getKey()))
                .map(app -> ResourceId.app(app.getKey()))
                .filter(app -> !unlike.contains(app) && hasServedFor(app, PERIOD.plus(LATE)))
                .filter(app -> runs().noneMatch(run -> hasRun(run, app) && isOneOf(run, times)))
                .map(app -> "%s was to run something at %s, and did not".formatted(app, due));
    }

    /** The newest time that has come for good, by the clock of control. */
    private Instant lastDue() {
        long period = PERIOD.toSeconds();
        long now = world.wallClock().minus(LATE).getEpochSecond();
        return Instant.ofEpochSecond(Math.floorDiv(now, period) * period);
    }

    private boolean hasServedFor(ResourceId app, Duration time) {
        Instant since = world.engine().now().minus(time);
        List<ContainerView> its = serving().filter(view -> view.owner().equals(app)).toList();
        return !its.isEmpty()
                && its.stream()
                        .allMatch(
                                view ->
                                        view.state()
                                                        instanceof
                                                        ContainerView.Running(Instant at, _, _)
                                                && at.isBefore(since));
    }

    private static boolean hasRun(FakeEngine.Item run, ResourceId app) {
        return Sight.owner(run).equals(app)
                && "cron".equals(run.labels().get(Labels.ROLE))
                && run.state() instanceof ContainerView.Exited;
    }

    private static boolean isOneOf(FakeEngine.Item run, Set<String> times) {
        return times.contains(run.labels().getOrDefault(Labels.RUN, ""));
    }

    private Stream<ContainerView> serving() {
        return sight.backends()
                .map(backend -> sight.container(backend.getValue()))
                .flatMap(item -> Stream.ofNullable(item == null ? null : item.view()))
                .filter(view -> head.apps().containsKey(view.owner().name()));
    }

    private Spec spec(ResourceId app) {
        return Objects.requireNonNull(head.apps().get(app.name())).spec();
    }

    private Stream<FakeEngine.Item> runs() {
        return sight.engine().containers().stream()
                .filter(Sight::ours)
                .filter(item -> item.labels().containsKey(Labels.ROLE));
    }
}

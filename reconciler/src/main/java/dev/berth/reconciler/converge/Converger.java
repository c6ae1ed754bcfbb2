package dev.berth.reconciler.converge;

import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.build.SitePublisher;
import dev.berth.reconciler.build.SiteStore;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.Wanted;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Commit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Carries out exactly a plan:
 *
 * <ol>
 *   <li>changes of different resources side by side, each resource by a worker of its own; one that
 *       fails stops only its own resource's later changes,
 *   <li>then, when nothing else goes on, the removals, each once its dependants are gone.
 * </ol>
 *
 * <p>Work may outlive the plan it was begun for, as long as later plans want the same of its
 * resource. What began before a look is never mixed up with what was planned after it: see {@link
 * #look}. One thread plans and calls; what says so may be called by any.
 */
public final class Converger {
    private final ContainerEngine engine;
    private final TrafficSwitch traffic;
    private final ImageBuilder images;
    private final SitePublisher sites;
    private final Clockwork clock;
    private final Vault vault;
    private final Clockwork.Bell bell;
    private final Proofs proofs = new Proofs();
    private final Workers workers;
    private final Stops stops;

    // Owned by the thread of the pass.
    private Map<ResourceId, Workers.Working> atLook = Map.of();
    private List<Ended> endedBefore = List.of();
    private long pass;
    private Commit commit = new Commit("", null);

    /** One for apps without secrets. */
    public Converger(
            ContainerEngine engine,
            TrafficSwitch traffic,
            ImageBuilder images,
            SiteStore sites,
            Clockwork clock) {
        this(engine, traffic, images, sites, clock, Vault.ofThisProcess(clock));
    }

    /**
     * @param vault what the loader of the plans leaves the values of secrets in
     */
    public Converger(
            ContainerEngine engine,
            TrafficSwitch traffic,
            ImageBuilder images,
            SiteStore sites,
            Clockwork clock,
            Vault vault) {
        this.engine = engine;
        this.traffic = traffic;
        this.images = images;
        this.sites = images.publisher(sites);
        this.clock = clock;
        this.vault = vault;
        this.bell = clock.bell();
        this.stops = new Stops(engine, clock);
        Worker worker = new Worker(this::executor, clock);
        this.workers = new Workers(worker::carryOut, bell::ring, clock);
    }

    /** Whether the pass may wait for its work. */
    @FunctionalInterface
    public interface Attention {
        /** As long as it takes. */
        Attention UNDIVIDED = () -> Duration.ofDays(1);

        /** How much longer it may; asked again whenever something happened. */
        Duration patience();
    }

    private ChangeExecutor executor(String instance, Turn turn) {
        ReadinessGate gate = new ReadinessGate(engine, traffic, clock, turn, proofs);
        SpecAssembler specs = new SpecAssembler(instance, vault);
        RunStarter runs = new RunStarter(engine, images, turn, specs);
        return new ChangeExecutor(
                instance,
                engine,
                traffic,
                sites,
                new ReleaseCommand(instance, engine, runs, new RunWait(engine, clock, turn)),
                runs,
                new ReleaseStarter(engine, images, gate, turn, specs, stops),
                new ContainerRetirer(instance, engine, traffic, clock, turn, stops));
    }

    /** Cancels work that leads to what is not wanted any more; needs no look at what is. */
    public void preempt(DesiredState.Known desired) {
        if (workers.idle()) {
            return;
        }
        Map<ResourceId, Wanted> wanted = Wanted.of(desired);
        workers.cancelUnless(
                work ->
                        desired.holds(work.resource())
                                || work.wanted()
                                        .equals(
                                                wanted.getOrDefault(
                                                        work.resource(), Wanted.NOTHING)));
    }

    /** Cancels all work: it is another's to do. */
    public void leaveAll() {
        workers.cancelUnless(_ -> false);
        endedBefore = List.of();
        atLook = Map.of();
    }

    /**
     * Call it before looking at what is, and plan from that look: what is worked on now, and may
     * change while it is looked at, is not worked on by that plan.
     *
     * @return what has ended since the last look
     */
    public List<Ended> look() {
        Workers.Look look = workers.look();
        atLook = look.working();
        endedBefore = look.ended();
        return look.ended();
    }

    /** What was looked at, and what is known of it from work that was cut short. Any thread. */
    public Observation seen(Observation observation) {
        SecretsInUse.in(observation).ifPresent(vault::retain);
        return stops.seen(observation);
    }

    /** Carries out a plan and returns when nothing is under way. */
    public Outcomes converge(String instance, Plan plan) throws InterruptedException {
        return converge(instance, plan, Attention.UNDIVIDED);
    }

    /** Carries out a plan of nobody known. */
    public Outcomes converge(String instance, Plan plan, Attention attention)
            throws InterruptedException {
        return converge(instance, new Commit(plan.revision(), null), plan, attention);
    }

    /**
     * Carries out a plan and returns when nothing is under way, or attention is wanted elsewhere.
     *
     * @param instance whose plan it is
     * @param follows what it leads to
     * @throws InterruptedException if the process ends meanwhile
     */
    public Outcomes converge(String instance, Commit follows, Plan plan, Attention attention)
            throws InterruptedException {
        pass++;
        commit = follows;
        Instant begin = clock.instant();
        proofs.retain(candidates(plan));
        List<Assignment> assignments = assignments(instance, plan);
        if (plan.unknown() == null) {
            withdrawRemovals(assignments);
        } else {
            workers.blind();
        }
        offer(assignments.stream().filter(each -> !each.removal()));
        List<Assignment> removals = assignments.stream().filter(Assignment::removal).toList();
        Map<Change, Outcome> ended = new HashMap<>();
        boolean removes = awaits(workers::onlyRemoves, attention);
        if (removes) {
            remove(removals, plan, ended, attention);
        }
        takeEnded(ended);
        if (!removes && workers.onlyRemoves()) { // what would have told of its end is taken
            beginRemovals(removals, plan, ended);
        }
        return outcomes(plan, assignments, ended, begin);
    }

    private static List<ContainerId> candidates(Plan plan) {
        return plan.changes().stream()
                .flatMap(
                        change ->
                                change instanceof Change.StartRelease start
                                        ? start.release().candidates().stream()
                                        : Stream.empty())
                .map(candidate -> candidate.container().id())
                .toList();
    }

    private List<Assignment> assignments(String instance, Plan plan) {
        List<Assignment> assignments = new ArrayList<>();
        plan.byResource()
                .forEach(
                        (id, group) -> {
                            List<Change> changes =
                                    group.stream()
                                            .filter(c -> !(c instanceof Change.Blocked))
                                            .toList();
                            if (!changes.isEmpty()) {
                                assignments.add(
                                        new Assignment(
                                                pass,
                                                commit,
                                                instance,
                                                id,
                                                plan.wantedOf(id),
                                                changes));
                            }
                        });
        return assignments;
    }

    /** What is not to go any more, or may not, is not taken away any further. */
    private void withdrawRemovals(List<Assignment> assignments) {
        List<ResourceId> going =
                assignments.stream().filter(Assignment::removal).map(Assignment::resource).toList();
        workers.cancelUnless(work -> !work.removal() || going.contains(work.resource()));
    }

    private void offer(Stream<Assignment> assignments) {
        assignments.filter(each -> failedAt(each).isEmpty()).forEach(this::offer);
    }

    /** What was lost while the work only tidies up does not wait until that has ended. */
    private void offer(Assignment next) {
        Workers.Working before = atLook.get(next.resource());
        if (before != null
                && before.tidying()
                && next.changes().stream().anyMatch(Change.StartRelease.class::isInstance)) {
            workers.leaveOff(next.resource());
        } else {
            workers.offer(next, before == null);
        }
    }

    /** What failed a moment ago is not begun anew by the pass that learns of it. */
    private Optional<Ended> failedAt(Assignment next) {
        return endedBefore.stream()
                .filter(ended -> ended.resource().equals(next.resource()))
                .filter(ended -> ended.failedAt(next.wanted(), next.changes()))
                .findFirst();
    }

    /** True when it came to be so; false when attention is wanted elsewhere. */
    private boolean awaits(BooleanSupplier so, Attention attention) throws InterruptedException {
        while (!so.getAsBoolean()) {
            Duration patience = attention.patience();
            if (!patience.isPositive()) {
                return false;
            }
            var _ = bell.await(patience);
        }
        return true;
    }

    /** One after the other, as far as they wait for each other. */
    private void remove(
            List<Assignment> removals, Plan plan, Map<Change, Outcome> ended, Attention attention)
            throws InterruptedException {
        RemovalOrder order = new RemovalOrder(removals);
        for (List<Assignment> now = order.next(); !now.isEmpty(); now = order.next()) {
            takeEnded(ended);
            beginIfFree(now, order, plan, ended);
            if (!awaits(workers::idle, attention)) {
                return;
            }
        }
        var _ = awaits(workers::idle, attention);
    }

    /** Only what waits for no other; a later pass goes on. */
    private void beginRemovals(List<Assignment> removals, Plan plan, Map<Change, Outcome> ended) {
        RemovalOrder order = new RemovalOrder(removals);
        beginIfFree(order.next(), order, plan, ended);
    }

    private void beginIfFree(
            List<Assignment> removals, RemovalOrder order, Plan plan, Map<Change, Outcome> ended) {
        for (Assignment removal : removals) {
            switch (order.mayRun(removal, plan.changes(), ended)) {
                case YES -> offer(Stream.of(removal));
                case LATER -> {}
                case NO -> removal.changes().forEach(c -> ended.put(c, new Outcome.Skipped(c)));
            }
        }
    }

    private void takeEnded(Map<Change, Outcome> ended) {
        for (Ended work : workers.takeEnded(pass)) {
            work.outcomes().forEach(outcome -> ended.put(outcome.change(), outcome));
        }
    }

    private Outcomes outcomes(
            Plan plan, List<Assignment> assignments, Map<Change, Outcome> ended, Instant begin) {
        assignments.stream()
                .filter(each -> failedAt(each).isPresent())
                .flatMap(each -> each.changes().stream())
                .forEach(change -> ended.put(change, new Outcome.Skipped(change)));
        Map<ResourceId, Workers.Working> working = workers.working();
        List<Outcome> all =
                plan.changes().stream()
                        .map(
                                change ->
                                        outcome(
                                                change,
                                                ended.get(change),
                                                working.get(change.resource()),
                                                begin))
                        .toList();
        Outcomes outcomes =
                new Outcomes(
                        endedBefore,
                        all,
                        Stream.concat(unplanned(plan), failures(assignments)).toList());
        endedBefore = List.of();
        atLook = Map.of();
        return outcomes;
    }

    /**
     * Work may go on where the plan has nothing to do: what it has started already runs, and has
     * not proven itself. Whether it went on before the look counts, since the plan is made from
     * that.
     */
    private Stream<Outcome> unplanned(Plan plan) {
        Map<ResourceId, List<Change>> planned = plan.byResource();
        return atLook.entrySet().stream()
                .filter(each -> !planned.containsKey(each.getKey()))
                .map(Map.Entry::getValue)
                .filter(
                        work ->
                                work.assignment()
                                        .wanted()
                                        .equals(plan.wantedOf(work.assignment().resource())))
                .flatMap(
                        work ->
                                work.assignment().changes().stream()
                                        .<Outcome>map(
                                                change ->
                                                        new Outcome.Underway(
                                                                change,
                                                                work.since(),
                                                                work.phase())));
    }

    /** Why what is planned was not begun. */
    private Stream<Outcome> failures(List<Assignment> assignments) {
        return assignments.stream()
                .flatMap(next -> failedAt(next).stream())
                .flatMap(Ended::failure);
    }

    private static Outcome outcome(
            Change change,
            @Nullable Outcome ended,
            Workers.@Nullable Working working,
            Instant begin) {
        if (change instanceof Change.Blocked blocked) {
            return new Outcome.Blocked(blocked);
        }
        if (ended != null) {
            return ended;
        }
        if (working != null) {
            return new Outcome.Underway(change, working.since(), working.phase());
        }
        return new Outcome.Underway(
                change,
                begin,
                change instanceof Change.RemoveResource || change instanceof Change.RemoveVolume
                        ? "waits until all else has ended"
                        : "work for it has just ended; looked at again");
    }

    /** What a container wrote to its log last, for people; begins with a line break. */
    public String lastWords(ContainerView container) {
        return vault.redactor()
                .clean(new LastWords(engine).of(container.id(), container.process()));
    }

    /** True while a resource is worked on. Any thread. */
    public boolean busy(ResourceId resource) {
        return workers.busy(resource);
    }

    /** True while a resource is worked on, and more is to come than to tidy up. Any thread. */
    public boolean engrossed(ResourceId resource) {
        return workers.engrossed(resource);
    }

    /** True when nothing is worked on. Any thread. */
    public boolean idle() {
        return workers.idle();
    }

    /** True when work has ended that no pass has looked at. Any thread. */
    public boolean hasEnded() {
        return workers.hasEnded();
    }

    /** Rings for whoever waits in {@link #await} or in a pass. Any thread. */
    public void ring() {
        bell.ring();
    }

    /** Waits until work has ended or somebody rings, or that long. The thread of the pass only. */
    public void await(Duration most) throws InterruptedException {
        var _ = bell.await(most);
    }

    /** Ends all work at its next place to end, and begins none. Any thread. */
    public void stop() {
        workers.stop();
    }

    /**
     * Waits until no work goes on; call it when no pass does.
     *
     * @return false when that took too long
     */
    public boolean awaitIdle(Duration most) throws InterruptedException {
        Deadline end = Deadline.in(most, clock);
        return awaits(workers::idle, () -> end.left(clock));
    }
}

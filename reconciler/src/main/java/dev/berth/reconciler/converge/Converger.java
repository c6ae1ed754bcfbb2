package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.build.SiteStore;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Outcome.Next;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Change.RemoveResource;
import dev.berth.reconciler.plan.Change.RemoveVolume;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out exactly a plan:
 *
 * <ol>
 *   <li>changes of different resources side by side, at most {@link #CONCURRENCY} at a time, each
 *       on a virtual thread; one that fails stops only its own resource's later changes,
 *   <li>then the removals, each once its dependants are gone, or as declared.
 * </ol>
 */
public final class Converger {
    private static final Logger LOG = LoggerFactory.getLogger(Converger.class);
    private static final int CONCURRENCY = 8;

    private final ContainerEngine engine;
    private final TrafficSwitch traffic;
    private final ImageBuilder images;
    private final SiteStore sites;
    private final Clockwork clock;
    private final Preemption preemption = new Preemption();
    private final Proofs proofs = new Proofs();

    public Converger(
            ContainerEngine engine,
            TrafficSwitch traffic,
            ImageBuilder images,
            SiteStore sites,
            Clockwork clock) {
        this.engine = engine;
        this.traffic = traffic;
        this.images = images;
        this.sites = sites;
        this.clock = clock;
    }

    /** How a newer commit ends the waits of the running pass. */
    public Preemption preemption() {
        return preemption;
    }

    /**
     * Carries out a plan and returns when every change has ended.
     *
     * @param instance whose plan it is
     * @throws InterruptedException if the process ends meanwhile; what had begun has ended by then
     */
    public Outcomes converge(String instance, Plan plan) throws InterruptedException {
        ChangeExecutor executor = executor(instance);
        proofs.retain(candidates(plan));
        Collection<List<Change>> groups = plan.byResource().values();
        Map<Change, Outcome> outcomes = new HashMap<>();
        run(groups.stream().filter(g -> !removal(g)).toList(), executor, outcomes);
        runInOrder(groups.stream().filter(Converger::removal).toList(), executor, outcomes);
        return new Outcomes(
                plan.changes().stream()
                        .map(change -> Objects.requireNonNull(outcomes.get(change)))
                        .toList());
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

    private ChangeExecutor executor(String instance) {
        ReadinessGate gate = new ReadinessGate(engine, traffic, clock, preemption, proofs);
        RunStarter runs = new RunStarter(instance, engine, images);
        return new ChangeExecutor(
                instance,
                engine,
                traffic,
                sites,
                new ReleaseCommand(
                        instance, engine, runs, new RunWait(engine, clock, preemption::checkStop)),
                runs,
                new ReleaseStarter(instance, engine, images, gate),
                new ContainerRetirer(instance, engine, traffic, clock, preemption));
    }

    private static boolean removal(List<Change> group) {
        return group.getFirst() instanceof RemoveResource
                || group.getFirst() instanceof RemoveVolume;
    }

    private void runInOrder(
            List<List<Change>> removals, ChangeExecutor executor, Map<Change, Outcome> outcomes)
            throws InterruptedException {
        RemovalOrder order = new RemovalOrder(removals);
        for (List<List<Change>> now = order.next(); !now.isEmpty(); now = order.next()) {
            List<List<Change>> may = new ArrayList<>();
            for (List<Change> removal : now) {
                if (RemovalOrder.mayRun(removal, outcomes.values())) {
                    may.add(removal);
                } else {
                    removal.forEach(c -> outcomes.put(c, new Outcome.Skipped(c)));
                }
            }
            run(may, executor, outcomes);
        }
    }

    private void run(
            List<List<Change>> groups, ChangeExecutor executor, Map<Change, Outcome> outcomes)
            throws InterruptedException {
        Semaphore places = new Semaphore(CONCURRENCY);
        List<Future<List<Outcome>>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (List<Change> group : groups) {
                running.add(
                        threads.submit(
                                () -> {
                                    places.acquire();
                                    try {
                                        return carryOut(group, executor);
                                    } finally {
                                        places.release();
                                    }
                                }));
            }
            for (Future<List<Outcome>> group : running) {
                group.get().forEach(outcome -> outcomes.put(outcome.change(), outcome));
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a bug ended the pass", e.getCause());
        }
    }

    private List<Outcome> carryOut(List<Change> group, ChangeExecutor executor) {
        List<Outcome> outcomes = new ArrayList<>();
        Rollout rollout = new Rollout.Untouched();
        boolean failed = false;
        for (Change change : group) {
            if (change instanceof Change.Blocked blocked) {
                outcomes.add(new Outcome.Blocked(blocked));
                continue;
            }
            if (failed) {
                outcomes.add(new Outcome.Skipped(change));
                continue;
            }
            long begin = clock.nanos();
            try {
                rollout = executor.execute(change, rollout);
                Duration took = since(begin);
                LOG.info(
                        "{}: {} ({} ms)",
                        change.resource(),
                        PlanPrinter.line(change),
                        took.toMillis());
                outcomes.add(new Outcome.Done(change, took));
            } catch (ReconcileException e) {
                failed = true;
                LOG.warn("{}: {}: {}", change.resource(), PlanPrinter.line(change), e.getMessage());
                outcomes.add(
                        new Outcome.Failed(
                                change, since(begin), next(e), e.reason(), e.getMessage()));
            } catch (RuntimeException e) {
                failed = true;
                LOG.error("{}: a bug in {}", change.resource(), PlanPrinter.line(change), e);
                outcomes.add(
                        new Outcome.Failed(
                                change,
                                since(begin),
                                Next.RETRY,
                                ReasonCode.InternalError,
                                "a bug in Berth: " + e));
            }
        }
        return outcomes;
    }

    private Duration since(long begin) {
        return Duration.ofNanos(clock.nanos() - begin);
    }

    private static Next next(ReconcileException e) {
        return switch (e) {
            case ReconcileException.Transient _ -> Next.RETRY;
            case ReconcileException.Waiting _ -> Next.WAIT;
            case ReconcileException.Stalled _ -> Next.STALL;
        };
    }
}

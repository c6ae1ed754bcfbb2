package dev.berth.reconciler.lease;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.Epoch;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps looking who writes for the instance: on the engine, by the rules of {@link Tenancy}, and in
 * the database. Thread-safe.
 */
public final class LeaseKeeper implements Writership, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final Standing BEGINS =
            new Standing.Undecided("who writes for this instance is not known yet");
    private static final Standing ENDS = new Standing.Undecided("this Berth ends");
    private static final Standing LATE =
            new Standing.Undecided(
                    "this Berth could not make sure in time that no other writes; it looks again");

    /** A look takes as long as the database and the engine may take; nobody waits longer for it. */
    private static final Duration ONE_LOOK = Duration.ofSeconds(5);

    private final String self;
    private final LeaseDesk desk;
    private final ContainerEngine engine;
    private final LeaseTimes times;
    private final Runnable onChange;
    private final Clockwork clock;
    private final Clockwork.Bell bell;
    private final Clockwork.Bell looked;
    private volatile @Nullable String instance;
    private final Object lock = new Object(); // nobody publishes once it is closed
    private volatile Published published;
    private volatile boolean closed;
    private Class<?> announced = Standing.Undecided.class; // guarded by lock

    /**
     * What was found out last, in {@link Clockwork#nanos}.
     *
     * @param until when a writer's permit ends; of others when it was found out
     * @param known until when it was known at last who writes
     */
    private record Published(
            @Nullable String instance, Standing standing, long until, long known) {}

    /**
     * Makes one that looks as soon as it is asked for an instance.
     *
     * @param self id of the home, which no other has
     * @param engine not fenced itself
     * @param onChange called when it may write that might not, or the other way round; must not
     *     block
     */
    public LeaseKeeper(
            String self,
            LeaseStore store,
            ContainerEngine engine,
            LeaseTimes times,
            Runnable onChange,
            Clockwork clock) {
        this.self = self;
        this.desk = new LeaseDesk(self, store, times, clock);
        this.engine = engine;
        this.times = times;
        this.onChange = onChange;
        this.clock = clock;
        this.bell = clock.bell();
        this.looked = clock.bell();
        this.published = new Published(null, BEGINS, clock.nanos(), clock.nanos());
    }

    @Override
    public Standing of(String wanted) throws InterruptedException {
        String before = instance;
        if (before == null) {
            begin(wanted);
        } else if (!before.equals(wanted)) {
            instance = wanted;
            bell.ring();
        }
        Deadline end = Deadline.in(ONE_LOOK, clock);
        while (!isCertain(wanted) && !end.over(clock)) {
            var _ = looked.await(end.left(clock));
        }
        return wanted.equals(published.instance()) ? now() : BEGINS;
    }

    private void begin(String wanted) {
        synchronized (lock) {
            if (!closed) {
                published = new Published(null, BEGINS, clock.nanos(), clock.nanos());
            }
        }
        instance = wanted;
        try {
            clock.start("berth-lease", this::run);
        } catch (RuntimeException | Error e) {
            instance = null; // the next who asks tries again
            throw e;
        }
    }

    /** Not so while the look that is to renew a permit takes longer than the permit. */
    private boolean isCertain(String wanted) {
        return wanted.equals(published.instance()) && !now().equals(LATE);
    }

    @Override
    public Standing now() {
        Published newest = published;
        return newest.standing() instanceof Standing.Writer && clock.nanos() - newest.until() >= 0
                ? LATE
                : newest.standing();
    }

    @Override
    public Duration undecidedFor() {
        Published newest = published;
        return instance != null && now() instanceof Standing.Undecided
                ? Duration.ofNanos(Math.max(0, clock.nanos() - newest.known()))
                : Duration.ZERO;
    }

    private void run() {
        try {
            while (!closed) {
                String wanted = Objects.requireNonNull(instance);
                Tenancy tenancy = new Tenancy(self, times, clock.nanos());
                while (!closed && wanted.equals(instance)) {
                    Deadline next = Deadline.in(times.renew(), clock);
                    look(wanted, tenancy);
                    var _ = bell.await(sooner(tenancy.waitsFor(clock.nanos()), next));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** When a wait ends, that is worth a look of its own. */
    private Duration sooner(@Nullable Duration wait, Deadline next) {
        Duration left = next.left(clock);
        return wait != null && wait.isPositive() && wait.compareTo(left) < 0 ? wait : left;
    }

    private void look(String wanted, Tenancy tenancy) throws InterruptedException {
        try {
            boolean leased = false;
            boolean peaceful = tenancy.atPeace(clock.nanos());
            if (!peaceful) {
                LeaseDesk.Answer answer = desk.claim(wanted);
                if (answer instanceof LeaseDesk.Answer.Others(var holder)) {
                    publish(wanted, tenancy.makeWay(holder, clock.nanos()));
                    return;
                }
                leased = answer instanceof LeaseDesk.Answer.Ours;
            }
            long asked = clock.nanos();
            List<Epoch> stamps = engine.epochs(wanted);
            take(wanted, tenancy, tenancy.seen(stamps, leased, asked), asked);
            if (!peaceful && tenancy.atPeace(clock.nanos())) {
                desk.release(wanted);
            }
        } catch (ReconcileException e) {
            failed(wanted, e.getMessage());
        } catch (RuntimeException | Error e) { // else nobody would ever look again
            LOG.error("a bug kept Berth from seeing who writes; it looks again", e);
            failed(wanted, "a bug keeps Berth from seeing who writes; it looks again: " + e);
        }
    }

    private void take(String wanted, Tenancy tenancy, Tenancy.Step step, long asked)
            throws ReconcileException {
        switch (step) {
            case Tenancy.Step.Stamp(var epoch) -> {
                Epoch standing = engine.stampEpoch(wanted, epoch);
                publish(wanted, tenancy.stamped(standing, asked, clock.nanos()));
            }
            case Tenancy.Step.Write write -> {
                publish(wanted, write);
                for (Epoch older : write.older()) {
                    engine.removeEpoch(wanted, older.number());
                }
            }
            case Tenancy.Step.Wait _, Tenancy.Step.Follow _ -> publish(wanted, step);
        }
    }

    /** What was known stands until it is too old. */
    private void failed(String wanted, String cause) {
        Published newest = published;
        boolean stands =
                switch (now()) {
                    case Standing.Writer _ -> true;
                    case Standing.Follower _ ->
                            clock.nanos() - newest.until() < times.patience().toNanos();
                    case Standing.Undecided _ -> false;
                };
        if (!stands || !wanted.equals(newest.instance())) {
            set(wanted, new Standing.Undecided(cause), clock.nanos());
        }
    }

    private void publish(String wanted, Tenancy.Step step) {
        switch (step) {
            case Tenancy.Step.Write(var epoch, var until, _) ->
                    set(wanted, new Standing.Writer(epoch), until);
            case Tenancy.Step.Follow(var holder) ->
                    set(wanted, new Standing.Follower(holder), clock.nanos());
            case Tenancy.Step.Wait(var holder) ->
                    set(
                            wanted,
                            new Standing.Undecided(
                                    "%s; this one waits %d s whether it still does"
                                            .formatted(
                                                    holder == null
                                                            ? "the database does not say whether another Berth writes"
                                                            : "another Berth (home %s) wrote before"
                                                                    .formatted(holder),
                                                    times.patience().toSeconds())),
                            clock.nanos());
            case Tenancy.Step.Stamp _ -> throw new IllegalStateException("it was stamped");
        }
    }

    private void set(String wanted, Standing standing, long until) {
        Standing before;
        Standing after;
        boolean news;
        synchronized (lock) {
            if (closed) {
                return; // what a look finds after the end is nobody's permit any more
            }
            before = now();
            published = new Published(wanted, standing, until, known(standing, until));
            after = now(); // a look may have taken longer than the permit
            news = after.getClass() != before.getClass() || after.getClass() != announced;
            announced = after.getClass();
        }
        looked.ring();
        if (news) {
            LOG.info(
                    "{}",
                    after instanceof Standing.Writer(var epoch)
                            ? "this Berth writes, by stamp %d".formatted(epoch)
                            : after.whyNot());
            onChange.run();
        }
    }

    private long known(Standing standing, long until) {
        Published last = published;
        return switch (standing) {
            case Standing.Writer _ -> until - clock.nanos() > 0 ? until : last.known();
            case Standing.Follower _ -> until;
            case Standing.Undecided _ ->
                    last.standing() instanceof Standing.Follower ? clock.nanos() : last.known();
        };
    }

    /** Writes no more, and gives the lease back if the database answers soon. The stamp stays. */
    @Override
    public void close() {
        String wanted = instance;
        synchronized (lock) {
            closed = true;
            published = new Published(wanted, ENDS, clock.nanos(), clock.nanos());
        }
        bell.ring();
        if (wanted != null) {
            desk.close(wanted);
        }
    }
}

package dev.berth.reconciler.simulation;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where one control process touches the world. At the beginning and the end of every call other
 * threads may go on, control may die, the call may fail; what it did is judged.
 */
final class Rim {
    private final SimWorld world;
    private final SimControl control;
    private final SimClockwork clock;
    private @Nullable Death death;
    private int callsToLive;

    Rim(SimWorld world, SimControl control, SimClockwork clock) {
        this.world = world;
        this.control = control;
        this.clock = clock;
    }

    /** What a call does. */
    @FunctionalInterface
    interface Deed<T> {
        T run() throws ReconcileException;
    }

    /** Dies in its next call, or in one that begins before that one ends. */
    void dieNext(boolean afterEffect, Duration away) {
        callsToLive = 0;
        death = new Death(afterEffect, away, false);
    }

    /** Dies in the call that begins after so many others, and in no other. */
    void dieAt(int calls, boolean afterEffect, Duration away) {
        callsToLive = calls;
        death = new Death(afterEffect, away, true);
    }

    /** How it dies in the call that begins now; {@code null} = it does not. */
    private @Nullable Death due() {
        Death now = death;
        if (now == null) {
            return null;
        }
        if (callsToLive > 0) {
            callsToLive--;
            return null;
        }
        if (now.exactly()) {
            death = null;
        }
        return now;
    }

    /** Lives on. */
    void spare() {
        death = null;
    }

    private record Death(boolean afterEffect, Duration away, boolean exactly) {}

    private void die(Call call, Death how) {
        control.process().kill();
        world.died(call, how.away());
    }

    <T> T call(Call call, Deed<T> deed) throws ReconcileException {
        world.begins(call, control);
        Oracle.Leave leave = world.leave(call, control.home());
        Death now = due();
        if (now != null && !now.afterEffect()) {
            die(call, now);
        }
        SimScheduler.yieldPoint();
        T result;
        try {
            pause();
            world.faults().before(call);
            result = world.judged(call, leave, control.home(), deed);
        } catch (ReconcileException e) {
            world.ended(call, control.home(), null, e);
            if (now != null && now.exactly()) {
                die(call, now);
                SimScheduler.yieldPoint();
            }
            throw e;
        }
        world.ended(call, control.home(), result, null);
        if (now != null) {
            die(call, now);
        }
        SimScheduler.yieldPoint();
        try {
            world.faults().after(call);
        } catch (ReconcileException e) {
            world.ended(call, control.home(), null, e);
            throw e;
        }
        return result;
    }

    /** A call that never fails. */
    <T> T look(Call call, Supplier<T> deed) {
        world.begins(call, control);
        Death now = due();
        if (now != null) {
            die(call, now);
        }
        SimScheduler.yieldPoint();
        return deed.get();
    }

    /** Something on the disk, where control may die as well; others go on only then. */
    void write(String what, Runnable deed) {
        Call call = Call.other(what, "");
        world.begins(call, control);
        Death now = due();
        if (now != null && !now.afterEffect()) {
            die(call, now);
            SimScheduler.yieldPoint();
        }
        deed.run();
        if (now != null) {
            die(call, now);
            SimScheduler.yieldPoint();
        }
    }

    private void pause() throws Transient {
        Duration each = world.faults().latency();
        if (each.isPositive()) {
            try {
                clock.sleep(each);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Transient(ReasonCode.Superseded, "interrupted", e);
            }
        }
    }
}

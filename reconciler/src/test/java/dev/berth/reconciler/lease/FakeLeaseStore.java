package dev.berth.reconciler.lease;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.clockwork.Clockwork;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A database in memory that keeps leases, and that some may not reach. Thread-safe. */
public final class FakeLeaseStore implements LeaseStore {
    private final Clockwork clock;
    private final Map<String, Lease> leases = new HashMap<>();
    private final Set<String> cutOff = new HashSet<>();
    private final Set<String> hanging = new HashSet<>();
    private Duration takes = Duration.ZERO;

    public FakeLeaseStore(Clockwork clock) {
        this.clock = clock;
    }

    private record Lease(String holder, long renewed) {}

    /** From now on it answers this one, or does not. */
    public synchronized void answers(String holder, boolean does) {
        if (does) {
            cutOff.remove(holder);
            hanging.remove(holder);
        } else {
            cutOff.add(holder);
        }
    }

    /** From now on what this one asks is never answered. */
    public synchronized void hangs(String holder) {
        hanging.add(holder);
    }

    /** From now on it takes so long to answer. */
    public synchronized void takes(Duration time) {
        takes = time;
    }

    /** Who has the lease. */
    public synchronized String holder(String instance) {
        return leases.getOrDefault(instance, new Lease("nobody", 0)).holder();
    }

    @Override
    public String claim(String instance, String holder, Duration validity)
            throws UnavailableException {
        hang(holder);
        synchronized (this) {
            check(holder);
            Lease before = leases.get(instance);
            if (before != null
                    && !before.holder().equals(holder)
                    && clock.nanos() - before.renewed() <= validity.toNanos()) {
                return before.holder();
            }
            leases.put(instance, new Lease(holder, clock.nanos()));
            return holder;
        }
    }

    @Override
    public void release(String instance, String holder) throws UnavailableException {
        hang(holder);
        synchronized (this) {
            check(holder);
            Lease before = leases.get(instance);
            if (before != null && before.holder().equals(holder)) {
                leases.remove(instance);
            }
        }
    }

    private void hang(String holder) {
        Duration time;
        synchronized (this) {
            time = hanging.contains(holder) ? Duration.ofDays(1) : takes;
        }
        try {
            clock.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void check(String holder) throws UnavailableException {
        if (cutOff.contains(holder)) {
            throw new UnavailableException("the database does not answer", null);
        }
    }
}

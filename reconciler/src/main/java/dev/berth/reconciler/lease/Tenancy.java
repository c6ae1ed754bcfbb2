package dev.berth.reconciler.lease;

import dev.berth.reconciler.engine.Epoch;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which the stamps on an engine say who writes; no time passes in here. The highest
 * stamp counts:
 *
 * <ol>
 *   <li>Who looks and finds its own may write until its permit ends.
 *   <li>Who finds another's while its permit is valid answers with a higher one: it is alive.
 *   <li>Who finds another's and has no permit stamps a higher one and waits. If that still is the
 *       highest after longer than any permit, nobody else has a permit, and it may write.
 *   <li>Who finds none and has met nobody stamps, and writes at once if the database gave it the
 *       lease. Else it waits like any other: somebody may have removed the stamp of one that
 *       writes.
 *   <li>Who was answered while waiting leaves it at that for a while.
 * </ol>
 *
 * <p>So at no time two have a permit, whatever either knows of the other. The database says when it
 * is worth stamping: while it says that another has the lease, nobody does. Confined to one thread.
 */
final class Tenancy {
    private final String self;
    private final LeaseTimes times;

    private boolean established;
    private @Nullable String met;
    private long permitEnds;
    private @Nullable Long waitEnds;
    private boolean leased;
    private boolean waitsForNobody;
    private @Nullable Long peaceEnds;
    private @Nullable Long truceEnds;
    private long highest;

    /**
     * @param now in nanoseconds of a clock that never jumps, as all times here
     */
    Tenancy(String self, LeaseTimes times, long now) {
        this.self = self;
        this.times = times;
        this.permitEnds = now;
    }

    /** What to do about what a look has shown. */
    sealed interface Step {
        /**
         * It writes until then.
         *
         * @param older stamps that mean nothing any more
         */
        record Write(long epoch, long until, List<Epoch> older) implements Step {}

        /** It stamps this, and tells what came of it. */
        record Stamp(Epoch epoch) implements Step {}

        /**
         * It waits whether another answers.
         *
         * @param holder {@code null} when it has met nobody
         */
        record Wait(@Nullable String holder) implements Step {}

        /** It looks on. */
        record Follow(String holder) implements Step {}
    }

    /** True while it does not ask for the lease: another has shown that it writes. */
    boolean atPeace(long now) {
        return peaceEnds != null && now - peaceEnds < 0;
    }

    /** How long it goes on to wait whether another answers; {@code null} while it does not. */
    @Nullable Duration waitsFor(long now) {
        return waitEnds == null ? null : Duration.ofNanos(waitEnds - now);
    }

    /** The database says that another has the lease. */
    Step makeWay(String holder, long now) {
        stepDown(now);
        met = holder;
        truceEnds = now + times.peace().toNanos();
        return new Step.Follow(holder);
    }

    /**
     * A look at the engine has shown these stamps.
     *
     * @param leased true when the database says that the lease is one's own; false when it does not
     *     answer
     * @param asked when the look began
     */
    Step seen(List<Epoch> stamps, boolean leased, long asked) {
        this.leased = leased;
        Optional<Epoch> top = stamps.stream().max(Comparator.comparingLong(Epoch::number));
        highest = Math.max(highest, top.map(Epoch::number).orElse(0L));
        if (top.isEmpty()) {
            return new Step.Stamp(new Epoch(highest + 1, self));
        }
        return top.get().holder().equals(self)
                ? own(top.get(), stamps, asked)
                : another(top.get(), asked);
    }

    private Step own(Epoch top, List<Epoch> stamps, long asked) {
        List<Epoch> older = stamps.stream().filter(e -> e.number() < top.number()).toList();
        if (!established
                && waitEnds == null
                && (met != null || stamps.stream().anyMatch(this::isAnothers))) {
            waitEnds = asked + times.patience().toNanos(); // nobody knows what it did meanwhile
        }
        if (waitsForNobody && leased && stamps.stream().noneMatch(this::isAnothers)) {
            waitEnds = null;
        }
        if (waitEnds != null && asked - waitEnds < 0) {
            stamps.stream().filter(this::isAnothers).forEach(e -> met = e.holder());
            return waits();
        }
        waitEnds = null;
        waitsForNobody = false;
        established = true;
        permitEnds = asked + times.permit().toNanos();
        return new Step.Write(top.number(), permitEnds, older);
    }

    private boolean isAnothers(Epoch epoch) {
        return !epoch.holder().equals(self);
    }

    private Step another(Epoch top, long asked) {
        met = top.holder();
        if (established && asked - permitEnds < 0) {
            return new Step.Stamp(new Epoch(top.number() + 1, self));
        }
        if (waitEnds != null) {
            stepDown(asked);
            peaceEnds = asked + times.peace().toNanos();
        }
        boolean truce = !leased && truceEnds != null && asked - truceEnds < 0;
        if (atPeace(asked) || truce) {
            stepDown(asked);
            return new Step.Follow(top.holder());
        }
        return new Step.Stamp(new Epoch(top.number() + 1, self));
    }

    /**
     * What came of a stamp.
     *
     * @param standing the stamp of that number that stands
     * @param asked when the look before it began
     * @param now when that was known
     */
    Step stamped(Epoch standing, long asked, long now) {
        highest = Math.max(highest, standing.number());
        if (!standing.holder().equals(self)) {
            met = standing.holder();
            stepDown(now);
            return new Step.Follow(standing.holder());
        }
        if (established ? now - permitEnds < 0 : met == null && leased) {
            established = true;
            permitEnds = asked + times.permit().toNanos();
            return new Step.Write(standing.number(), permitEnds, List.of());
        }
        waitsForNobody = !established && met == null;
        established = false;
        waitEnds = now + times.patience().toNanos();
        return waits();
    }

    private Step waits() {
        return new Step.Wait(met);
    }

    private void stepDown(long now) {
        established = false;
        waitEnds = null;
        waitsForNobody = false;
        permitEnds = now;
    }
}

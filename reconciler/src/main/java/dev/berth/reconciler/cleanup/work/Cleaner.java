package dev.berth.reconciler.cleanup.work;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.cleanup.Bytes;
import dev.berth.reconciler.cleanup.CleanupFacts;
import dev.berth.reconciler.cleanup.CleanupPlan;
import dev.berth.reconciler.cleanup.CleanupPlan.PruneCache;
import dev.berth.reconciler.cleanup.CleanupPlan.RemoveImage;
import dev.berth.reconciler.cleanup.CleanupPlan.Step;
import dev.berth.reconciler.cleanup.Housekeeping;
import dev.berth.reconciler.cleanup.ImageNotes;
import dev.berth.reconciler.cleanup.Needs;
import dev.berth.reconciler.cleanup.Room;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ImageStore;
import dev.berth.reconciler.live.ImageView;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.PassReport.ChangeReport;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the disks from filling up, on a thread of its own: looks at them every minute, and removes
 * every some minutes what {@link dev.berth.reconciler.cleanup.CleanupPlanner} says. It acts on what
 * the newest pass said is needed, and not at all while no pass can tell. What fails is logged and
 * tried again the next time.
 */
public final class Cleaner implements Housekeeping, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

    /** A report is read by people. */
    private static final int MOST_LINES = 30;

    private static final int MOST_REPORTS = 20;

    private final Means means;
    private final ImageShelf shelf;
    private final Times times;
    private final Clockwork clock;
    private final Clockwork.Bell bell;
    private final Object lock = new Object();
    private final List<ChangeReport> reports = new ArrayList<>();
    private volatile @Nullable Room room;
    private volatile Tally tally = Tally.NONE;
    private volatile boolean urgent;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    // Owned by the thread.
    private @Nullable ImageNotes notes;
    private Instance.@Nullable Cleanup followed;
    private Deadline next;
    private Deadline soonest;

    /**
     * What it works with.
     *
     * @param engine lets it write only while this Berth may
     * @param home the disk with Berth's home; empty when that can't be told
     * @param planning {@link dev.berth.reconciler.cleanup.CleanupPlanner#plan}, unless a test
     *     plants a mistake in it
     */
    public record Means(
            ContainerEngine engine,
            NotesStore notes,
            Supplier<Optional<DiskUse>> home,
            Planning planning) {}

    /** What decides. */
    @FunctionalInterface
    public interface Planning {
        CleanupPlan plan(CleanupFacts facts);
    }

    /**
     * How often.
     *
     * @param look between two looks at the disks; also the least time between two cleanings
     * @param clean between two cleanings while there is room
     */
    public record Times(Duration look, Duration clean) {
        /** A minute, and ten. */
        public static final Times USUAL = new Times(Duration.ofMinutes(1), Duration.ofMinutes(10));
    }

    /**
     * What came of it since the start.
     *
     * @param disks as they were seen last
     * @param cleanedAt when it was looked the last time what may go; {@code null} before the first
     * @param images how many names of images were removed
     * @param bytes what of these images and of the cache; layers that other images share count too
     * @param failure why that did not go well the last time; {@code null} = it did
     */
    public record Tally(
            List<DiskUse> disks,
            @Nullable Instant cleanedAt,
            long images,
            long bytes,
            @Nullable String failure) {
        static final Tally NONE = new Tally(List.of(), null, 0, 0, null);

        public Tally {
            disks = List.copyOf(disks);
        }
    }

    /** One that does not run yet. */
    public Cleaner(Means means, Times times, Clockwork clock) {
        this.means = means;
        this.times = times;
        this.clock = clock;
        this.bell = clock.bell();
        this.shelf = new ImageShelf(bell::ring);
        this.next = Deadline.in(Duration.ZERO, clock);
        this.soonest = next;
    }

    /** What those who bring images need to know of it. */
    public ImageShelf shelf() {
        return shelf;
    }

    public void start() {
        thread = clock.start("berth-cleanup", this::run);
    }

    @Override
    public void needed(Needs needs) {
        Needs before = shelf.needed(needs);
        if (before == null || !before.rules().equals(needs.rules())) {
            bell.ring();
        }
    }

    @Override
    public void blind() {
        var _ = shelf.needed(null);
    }

    @Override
    public void outOfRoom() {
        if (!urgent) {
            urgent = true;
            bell.ring();
        }
    }

    @Override
    public @Nullable Room room() {
        return room;
    }

    @Override
    public List<ChangeReport> takeReports() {
        synchronized (lock) {
            List<ChangeReport> taken = List.copyOf(reports);
            reports.clear();
            return taken;
        }
    }

    /** What came of it so far. Any thread. */
    public Tally tally() {
        return tally;
    }

    private void run() {
        while (!closed) {
            try {
                look();
                var _ = bell.await(times.look());
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) { // disks would fill up without a word
                LOG.error("a bug ended the cleaning up; it is tried again", e);
                next = Deadline.in(times.clean(), clock);
                soonest = Deadline.in(times.look(), clock);
            }
        }
    }

    private void look() {
        try {
            notePulled();
            Needs needs = shelf.needs();
            Instance.Cleanup rules = needs == null ? Instance.Cleanup.USUAL : needs.rules();
            if (needs != null && isTime(rules, means.engine().disk())) {
                soonest = Deadline.in(times.look(), clock);
                next = Deadline.in(times.clean(), clock);
                urgent = false;
                followed = rules;
                clean(needs);
            }
            List<DiskUse> disks =
                    Stream.of(means.engine().disk(), means.home().get())
                            .flatMap(Optional::stream)
                            .toList();
            Room now = Room.of(disks, rules.high(), rules.enabled());
            if (needs != null || room == null) {
                room = now;
            }
            if (!now.enough()) {
                soonest = next; // it did not help: each minute anew would only keep builds cold
            }
            said(new Tally(disks, tally.cleanedAt(), tally.images(), tally.bytes(), null));
        } catch (ReconcileException e) {
            said(
                    new Tally(
                            tally.disks(),
                            tally.cleanedAt(),
                            tally.images(),
                            tally.bytes(),
                            e.getMessage()));
        }
    }

    /** A failure is told once. */
    private void said(Tally now) {
        String failure = now.failure();
        if (failure != null && !failure.equals(tally.failure())) {
            LOG.warn("the engine's disk is not cleaned up: {}", failure);
        }
        tally = now;
    }

    private boolean isTime(Instance.Cleanup rules, Optional<DiskUse> disk) {
        boolean news = !rules.equals(followed);
        boolean presses =
                urgent || disk.filter(d -> rules.enabled() && d.isAbove(rules.high())).isPresent();
        return news || next.over(clock) || (presses && soonest.over(clock));
    }

    /** What Berth has brought it may take away one day, if it knows. */
    private void notePulled() throws ReconcileException {
        Map<String, String> ids = new HashMap<>();
        for (String reference : shelf.takePulled()) {
            means.engine().imageId(reference).ifPresent(id -> ids.put(reference, id));
        }
        if (!ids.isEmpty()) {
            remember(notes().withPulled(ids));
        }
    }

    private ImageNotes notes() {
        ImageNotes known = notes;
        if (known == null) {
            known = means.notes().recall();
            notes = known;
        }
        return known;
    }

    private void remember(ImageNotes now) throws ReconcileException {
        if (!now.equals(notes())) {
            notes = now;
            means.notes().remember(now);
        }
    }

    private void clean(Needs needs) throws ReconcileException {
        long began = clock.nanos();
        ContainerEngine engine = means.engine();
        ImageStore store = engine.images(needs.instance());
        CleanupPlan plan =
                means.planning()
                        .plan(
                                new CleanupFacts(
                                        needs,
                                        store,
                                        ids(needs, store),
                                        notes(),
                                        engine.disk().orElse(null),
                                        shelf.isBuilding(),
                                        clock.instant()));
        noteFor(plan);
        Removed removed = new Removed();
        try {
            for (Step step : plan.due()) {
                act(needs, step, removed);
            }
            for (Step step : plan.pressing()) {
                if (isBelow(engine.disk(), needs.rules().low())) {
                    break;
                }
                act(needs, step, removed);
            }
        } finally {
            tally =
                    new Tally(
                            tally.disks(),
                            clock.instant(),
                            tally.images() + removed.images,
                            tally.bytes() + removed.bytes,
                            tally.failure());
            if (!removed.lines.isEmpty()) {
                report(removed.report(needs, Duration.ofNanos(clock.nanos() - began)));
            }
        }
    }

    /** A disk that is too full to be written on is no reason not to make room on it. */
    private void noteFor(CleanupPlan plan) {
        try {
            remember(plan.notes());
        } catch (ReconcileException e) {
            LOG.warn("what is to be removed when is not noted: {}", e.getMessage());
        }
    }

    private static boolean isBelow(Optional<DiskUse> disk, int low) {
        return disk.filter(d -> d.percent() < low).isPresent();
    }

    /** Most references are names as the engine writes them; it is asked for the others. */
    private Map<String, String> ids(Needs needs, ImageStore store) throws ReconcileException {
        Map<String, String> byName = new HashMap<>();
        for (ImageView image : store.images()) {
            image.names().forEach(name -> byName.put(name, image.id()));
        }
        Map<String, String> ids = new HashMap<>();
        TreeSet<String> references = new TreeSet<>(needs.references());
        references.addAll(notes().pulled().keySet());
        for (String reference : references) {
            String known = byName.get(reference);
            Optional<String> id =
                    known == null ? means.engine().imageId(reference) : Optional.of(known);
            id.ifPresent(found -> ids.put(reference, found));
        }
        return ids;
    }

    private void act(Needs needs, Step step, Removed removed) throws ReconcileException {
        try {
            switch (step) {
                case RemoveImage image -> {
                    if (shelf.remove(needs, image.isNameless(), () -> remove(image, removed))) {
                        return;
                    }
                    LOG.debug("{} stays: what is needed has changed", image.name());
                }
                case PruneCache cache -> prune(needs, cache, removed);
            }
        } catch (ReconcileException e) {
            if (e.reason() != ReasonCode.PruneFailed) {
                throw e; // the next one would fail, too
            }
            LOG.warn("{}", e.getMessage());
        }
    }

    /** People may have given the name to another image meanwhile. */
    private void remove(RemoveImage image, Removed removed) throws ReconcileException {
        boolean isThatOne =
                means.engine().imageId(image.name()).filter(image.id()::equals).isPresent();
        if (isThatOne) {
            means.engine().removeImage(image.name());
            removed.images++;
            removed.add(image, image.bytes());
        }
    }

    private void prune(Needs needs, PruneCache cache, Removed removed) throws ReconcileException {
        if (shelf.isBuilding() || !needs.equals(shelf.needs())) {
            return;
        }
        long freed = means.engine().pruneBuildCache(cache.unusedFor());
        if (freed > 0) {
            removed.add(cache, freed);
        }
    }

    /** What one cleaning has removed. */
    private static final class Removed {
        private final List<String> lines = new ArrayList<>();
        private long images;
        private long bytes;

        void add(Step step, long freed) {
            bytes += freed;
            String line = "%s (%s): %s".formatted(step.what(), Bytes.text(freed), step.why());
            lines.add(line);
            LOG.info("{}", line);
        }

        ChangeReport report(Needs needs, Duration took) {
            List<String> told = new ArrayList<>(lines.stream().limit(MOST_LINES).toList());
            if (lines.size() > MOST_LINES) {
                told.add("and %d more".formatted(lines.size() - MOST_LINES));
            }
            return new ChangeReport(
                    new ResourceId(Kind.Instance, needs.instance()),
                    "clean up the engine's disk: %s of images and build cache removed"
                            .formatted(Bytes.text(bytes)),
                    told,
                    PassReport.Result.Done,
                    null,
                    took);
        }
    }

    private void report(ChangeReport made) {
        synchronized (lock) {
            reports.add(made);
            if (reports.size() > MOST_REPORTS) {
                reports.removeFirst();
            }
        }
    }

    /** Ends it at its next wait; a call that was begun is broken off. */
    @Override
    public void close() {
        closed = true;
        bell.ring();
        Thread started = thread;
        if (started != null) {
            started.interrupt();
        }
    }
}

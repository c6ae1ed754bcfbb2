package dev.berth.reconciler.ledger;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredCron;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.disk.WholeFile;
import dev.berth.reconciler.live.CronRun;
import dev.berth.reconciler.live.Observation;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Since when each schedule is known as it is now, or up to when its times have had their runs: no
 * run makes up for a time before that, also when somebody removes the containers that ran. Confined
 * to the thread of the pass.
 */
public final class ScheduleLedger {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleLedger.class);

    private final @Nullable Path file;
    private Entries known;
    private boolean saved = true;

    private ScheduleLedger(@Nullable Path file, Entries known) {
        this.file = file;
        this.known = known;
    }

    /** One that a restart forgets. */
    public static ScheduleLedger inMemory() {
        return new ScheduleLedger(null, Entries.NONE);
    }

    /**
     * One in a file, replaced whole. A file that can't be read counts as none, and one that can't
     * be written is written later: then a restart takes what it finds for new.
     */
    public static ScheduleLedger inFile(Path file) {
        return new ScheduleLedger(file, read(file));
    }

    /** One that begins with what a file has and never writes it: what is noted is forgotten. */
    public static ScheduleLedger reading(Path file) {
        return new ScheduleLedger(null, read(file));
    }

    /** One that begins with what this has and writes nothing. */
    ScheduleLedger copy() {
        return new ScheduleLedger(null, known);
    }

    /** What the file has: by id of a schedule, or the file can't be read. */
    private record Entries(SortedMap<String, Entry> schedules) {
        static final Entries NONE = new Entries(Collections.emptySortedMap());

        Entries {
            schedules.forEach(
                    (id, entry) -> {
                        ResourceId.parse(id);
                        Objects.requireNonNull(entry, id);
                    });
            schedules = Collections.unmodifiableSortedMap(new TreeMap<>(schedules));
        }
    }

    private record Entry(String schedule, Instant since) {
        private Entry {
            Objects.requireNonNull(schedule, "schedule");
            Objects.requireNonNull(since, "since");
        }

        private Entry after(Instant ran) {
            return ran.isAfter(since) ? new Entry(schedule, ran) : this;
        }
    }

    /**
     * Notes the schedules of all apps. Of a suspended one none is: it begins anew when that ends.
     * Those of an app that can't be told how it should be stay noted as they were.
     *
     * @return what lives, with what is known of schedules
     */
    public Observation note(DesiredState.Known desired, Observation observation, Instant now) {
        Map<ResourceId, String> says = new HashMap<>();
        for (DesiredApp app : desired.apps().values()) {
            for (DesiredCron cron : app.schedules()) {
                says.put(cron.id(), cron.schedule().toString());
            }
        }
        Set<ResourceId> apps = new HashSet<>(desired.apps().keySet());
        apps.addAll(desired.held());
        Map<ResourceId, Instant> ran =
                observation instanceof Observation.Known(var live)
                        ? CronRun.newest(live, apps, now)
                        : Map.of();
        Map<ResourceId, Instant> since =
                note(says, schedule -> isUnclear(desired, app(schedule)), ran, now);
        return switch (observation) {
            case Observation.Known(var live) -> new Observation.Known(live.withSchedules(since));
            case Observation.Unknown unknown -> unknown;
        };
    }

    private static boolean isUnclear(DesiredState.Known desired, ResourceId app) {
        return desired.held().contains(app)
                || (desired.pruneHold() != null && !desired.apps().containsKey(app));
    }

    private static ResourceId app(ResourceId schedule) {
        String name = schedule.name();
        return ResourceId.app(name.substring(0, Math.max(0, name.indexOf('.'))));
    }

    /**
     * Notes which schedules there are; the others are forgotten.
     *
     * @param schedules what each says: with other words it is a new one
     * @param unclear those that may be there, too
     * @param ran the newest time of each that has had its run, as far as the engine shows
     * @return since when each is known, or the newest time that has had its run
     */
    Map<ResourceId, Instant> note(
            Map<ResourceId, String> schedules,
            Predicate<ResourceId> unclear,
            Map<ResourceId, Instant> ran,
            Instant now) {
        Entries before = known;
        SortedMap<String, Entry> next = new TreeMap<>();
        before.schedules()
                .forEach(
                        (id, entry) -> {
                            ResourceId schedule = ResourceId.parse(id);
                            if (unclear.test(schedule)) {
                                next.put(
                                        id, entry.after(ran.getOrDefault(schedule, entry.since())));
                            }
                        });
        schedules.forEach(
                (id, says) -> {
                    Entry entry = entry(before, id.toString(), says, now);
                    next.put(id.toString(), entry.after(ran.getOrDefault(id, entry.since())));
                });
        save(new Entries(next));
        Map<ResourceId, Instant> since = new HashMap<>();
        next.forEach((id, entry) -> since.put(ResourceId.parse(id), entry.since()));
        return since;
    }

    /** Clocks are set back sometimes. */
    private static Entry entry(Entries before, String id, String says, Instant now) {
        Entry old = before.schedules().get(id);
        return old != null && old.schedule().equals(says) && !old.since().isAfter(now)
                ? old
                : new Entry(says, now);
    }

    private static Entries read(Path file) {
        if (!Files.exists(file)) {
            return Entries.NONE;
        }
        try {
            return Objects.requireNonNull(Json.read(Files.readString(file), Entries.class), "null");
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            LOG.warn("{} can't be read, going on without it: {}", file, e.getMessage());
            return Entries.NONE;
        }
    }

    private void save(Entries next) {
        if (saved && next.equals(known)) {
            return;
        }
        boolean first = saved;
        known = next;
        saved = file == null;
        if (file == null) {
            return;
        }
        try {
            WholeFile.write(file, Json.write(next));
            saved = true;
        } catch (IOException e) {
            if (first) {
                LOG.warn("can't write {}; it is tried again with each pass", file, e);
            }
        }
    }
}

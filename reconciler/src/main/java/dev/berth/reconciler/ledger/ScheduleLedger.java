package dev.berth.reconciler.ledger;

import dev.berth.reconciler.disk.WholeFile;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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
    private @Nullable Entries known;
    private boolean saved = true;

    private ScheduleLedger(@Nullable Path file) {
        this.file = file;
    }

    /** One that a restart forgets. */
    public static ScheduleLedger inMemory() {
        return new ScheduleLedger(null);
    }

    /**
     * One in a file, replaced whole. A file that can't be read counts as none, and one that can't
     * be written is written later: then a restart takes what it finds for new.
     */
    public static ScheduleLedger inFile(Path file) {
        return new ScheduleLedger(file);
    }

    /** What the file has. */
    private record Entries(SortedMap<String, Entry> schedules) {
        Entries {
            schedules = Collections.unmodifiableSortedMap(new TreeMap<>(schedules));
        }
    }

    private record Entry(String schedule, Instant since) {
        private Entry after(Instant ran) {
            return ran.isAfter(since) ? new Entry(schedule, ran) : this;
        }
    }

    /**
     * Notes which schedules there are; the others are forgotten.
     *
     * @param schedules what each says: with other words it is a new one
     * @param ran the newest time of each that has had its run, as far as the engine shows
     * @return since when each is known, or the newest time that has had its run
     */
    public Map<ResourceId, Instant> note(
            Map<ResourceId, String> schedules, Map<ResourceId, Instant> ran, Instant now) {
        Entries before = known();
        SortedMap<String, Entry> next = new TreeMap<>();
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

    private Entries known() {
        Entries entries = known;
        if (entries == null) {
            entries = read();
            known = entries;
        }
        return entries;
    }

    private Entries read() {
        if (file == null || !Files.exists(file)) {
            return new Entries(Collections.emptySortedMap());
        }
        try {
            return Json.read(Files.readString(file), Entries.class);
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            LOG.warn("{} can't be read, going on without it: {}", file, e.getMessage());
            return new Entries(Collections.emptySortedMap());
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

package dev.berth.reconciler.notify;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;
import java.util.List;

/** What was told and is not over. */
public record Told(List<Entry> entries) {
    static final Told NOTHING = new Told(List.of());

    public Told {
        entries = List.copyOf(entries);
    }

    /**
     * A failure that somebody was told of.
     *
     * @param since when it began
     * @param lastAt when it was last told
     * @param times how often it was told
     */
    public record Entry(
            String alert,
            ResourceId resource,
            ReasonCode reason,
            Instant since,
            Instant lastAt,
            int times) {
        boolean concerns(String name, ResourceId id) {
            return alert.equals(name) && resource.equals(id);
        }

        Entry toldAgain(Instant at) {
            return new Entry(alert, resource, reason, since, at, times + 1);
        }

        Entry toldAt(Instant at) {
            return new Entry(alert, resource, reason, since, at, times);
        }
    }
}

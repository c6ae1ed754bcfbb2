package dev.berth.reconciler.status;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PassReport;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Table {@code event}: what happened to resources, in the order recorded. */
@Entity
@Table(name = "event")
@SuppressWarnings("NullAway.Init") // the persistence provider fills the fields
class EventRow {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "event_seq")
    @SequenceGenerator(name = "event_seq", sequenceName = "event_seq", allocationSize = 50)
    long seq;

    @Enumerated(EnumType.STRING)
    Event.Type type;

    String resource;

    @Column(name = "happened_at")
    Instant at;

    String what;

    @Convert(converter = StringsAsJson.class)
    List<String> reasons;

    @Nullable String who;

    String revision;

    @Column(name = "pass_id")
    String passId;

    @Enumerated(EnumType.STRING)
    PassReport.@Nullable Result outcome;

    @Nullable String detail;

    @Column(name = "duration_ms")
    long durationMillis;

    protected EventRow() {}

    static EventRow of(Event event) {
        EventRow row = new EventRow();
        row.type = event.type();
        row.resource = event.resource().toString();
        row.at = event.at();
        row.what = event.what();
        row.reasons = event.reasons();
        row.who = event.who();
        row.revision = event.revision();
        row.passId = event.pass();
        row.outcome = event.outcome();
        row.detail = event.detail();
        row.durationMillis = event.duration().toMillis();
        return row;
    }

    Event toEvent() {
        return new Event(
                type,
                ResourceId.parse(resource),
                at,
                what,
                reasons,
                who,
                revision,
                passId,
                outcome,
                detail,
                Duration.ofMillis(durationMillis));
    }
}

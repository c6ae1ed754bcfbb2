package dev.berth.reconciler.status;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Commit;
import dev.berth.schemas.status.PassReport;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Table {@code change}: what a pass carried out, in plan order. */
@Entity
@Table(name = "change")
@SuppressWarnings("NullAway.Init") // the persistence provider fills the fields
class ChangeRow {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "change_seq")
    @SequenceGenerator(name = "change_seq", sequenceName = "change_seq", allocationSize = 50)
    long seq;

    @ManyToOne
    @JoinColumn(name = "pass_seq")
    PassRow pass;

    int ordinal;

    String resource;

    String what;

    @Convert(converter = StringsAsJson.class)
    List<String> reasons;

    @Enumerated(EnumType.STRING)
    PassReport.Result outcome;

    @Nullable String detail;

    @Column(name = "duration_ms")
    long durationMillis;

    /** Of the commit that it was begun for; {@code null} = the one of the pass. */
    @Nullable String revision;

    @Nullable String author;

    protected ChangeRow() {}

    static ChangeRow of(PassRow pass, int ordinal, PassReport.ChangeReport change) {
        ChangeRow row = new ChangeRow();
        row.pass = pass;
        row.ordinal = ordinal;
        row.resource = change.resource().toString();
        row.what = change.what();
        row.reasons = change.reasons();
        row.outcome = change.outcome();
        row.detail = change.detail();
        row.durationMillis = change.duration().toMillis();
        Commit begunFor = change.begunFor();
        row.revision = begunFor == null ? null : begunFor.revision();
        row.author = begunFor == null ? null : begunFor.author();
        return row;
    }

    PassReport.ChangeReport toReport() {
        return new PassReport.ChangeReport(
                ResourceId.parse(resource),
                what,
                reasons,
                outcome,
                detail,
                Duration.ofMillis(durationMillis),
                revision == null ? null : new Commit(revision, author));
    }
}

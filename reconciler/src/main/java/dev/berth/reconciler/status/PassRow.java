package dev.berth.reconciler.status;

import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ResourceStatus;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Table {@code pass}: one row for each recorded pass, in the order recorded. */
@Entity
@Table(name = "pass")
@SuppressWarnings("NullAway.Init") // the persistence provider fills the fields
class PassRow {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "pass_seq")
    @SequenceGenerator(name = "pass_seq", sequenceName = "pass_seq", allocationSize = 1)
    long seq;

    @Column(name = "pass_id")
    String passId;

    String trigger;

    String revision;

    @Nullable String author;

    @Column(name = "started_at")
    Instant startedAt;

    @Column(name = "duration_ms")
    long durationMillis;

    String plan;

    @Convert(converter = StringsAsJson.class)
    List<String> problems;

    @Column(name = "problem_count")
    int problemCount;

    @Column(name = "change_count")
    int changeCount;

    @Column(name = "failed_count")
    int failedCount;

    @Nullable Long epoch;

    @OneToMany(mappedBy = "pass", cascade = CascadeType.PERSIST)
    @OrderBy("ordinal")
    List<ChangeRow> changes = new ArrayList<>();

    protected PassRow() {}

    static PassRow of(PassReport report) {
        PassRow row = new PassRow();
        row.passId = report.id();
        row.trigger = report.trigger();
        row.revision = report.revision();
        row.author = report.author();
        row.startedAt = report.startedAt();
        row.durationMillis = report.duration().toMillis();
        row.plan = report.plan();
        row.problems = report.problems();
        row.problemCount = report.problems().size();
        row.changeCount = report.changes().size();
        row.failedCount =
                (int) report.changes().stream().filter(change -> failed(change.outcome())).count();
        row.epoch = report.epoch();
        for (PassReport.ChangeReport change : report.changes()) {
            row.changes.add(ChangeRow.of(row, row.changes.size(), change));
        }
        return row;
    }

    private static boolean failed(PassReport.Result outcome) {
        return switch (outcome) {
            case Failed, Blocked -> true;
            case Done, Waiting, Skipped -> false;
        };
    }

    PassSummary toSummary() {
        return new PassSummary(
                passId,
                trigger,
                revision,
                author,
                startedAt,
                Duration.ofMillis(durationMillis),
                changeCount,
                failedCount,
                problemCount,
                epoch);
    }

    PassReport toReport(List<ResourceStatus> resources) {
        return new PassReport(
                passId,
                trigger,
                revision,
                author,
                startedAt,
                Duration.ofMillis(durationMillis),
                plan,
                changes.stream().map(ChangeRow::toReport).toList(),
                problems,
                resources,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                epoch);
    }
}

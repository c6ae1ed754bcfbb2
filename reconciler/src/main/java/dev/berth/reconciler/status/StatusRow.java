package dev.berth.reconciler.status;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Attempt;
import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ResourceStatus;
import dev.berth.schemas.status.ResourceStatus.Replicas;
import jakarta.persistence.Basic;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Table {@code resource_status}: how each resource stood after the newest pass, but for its
 * conditions.
 */
@Entity
@Table(name = "resource_status")
@SuppressWarnings("NullAway.Init") // the persistence provider fills the fields
class StatusRow {
    @Id String resource;

    String generation;

    @Column(name = "declared_at")
    @Nullable String declaredAt;

    String revision;

    @Column(name = "applied_revision")
    @Nullable String appliedRevision;

    @Convert(converter = StringsAsJson.class)
    List<String> urls;

    // The attribute is a map only for Java; the column is one text.
    @Convert(converter = ReplicasAsJson.class)
    @Basic
    Map<String, Replicas> replicas;

    @Column(name = "last_change")
    @Nullable String lastChange;

    @Column(name = "last_change_at")
    @Nullable Instant lastChangeAt;

    @Convert(converter = StringsAsJson.class)
    List<String> problems;

    @Column(name = "attempted_revision")
    @Nullable String attemptedRevision;

    @Convert(converter = AttemptsAsJson.class)
    List<Attempt> attempts;

    @Convert(converter = CertificatesAsJson.class)
    List<CertificateStatus> certificates;

    protected StatusRow() {}

    static StatusRow of(ResourceStatus status) {
        StatusRow row = new StatusRow();
        row.resource = status.id().toString();
        row.generation = status.generation();
        row.declaredAt = status.declaredAt();
        row.revision = status.revision();
        row.appliedRevision = status.appliedRevision();
        row.urls = status.urls();
        row.replicas = status.replicas();
        row.lastChange = status.lastChange();
        row.lastChangeAt = status.lastChangeAt();
        row.problems = status.problems();
        row.attemptedRevision = status.attemptedRevision();
        row.attempts = status.history();
        row.certificates = status.certificates();
        return row;
    }

    ResourceStatus toStatus(List<Condition> conditions) {
        return new ResourceStatus(
                ResourceId.parse(resource),
                generation,
                declaredAt,
                revision,
                appliedRevision,
                conditions,
                urls,
                replicas,
                lastChange,
                lastChangeAt,
                problems,
                attemptedRevision,
                attempts,
                certificates);
    }
}

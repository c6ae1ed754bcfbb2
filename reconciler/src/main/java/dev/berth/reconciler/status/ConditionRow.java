package dev.berth.reconciler.status;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import java.time.Instant;

/** Table {@code resource_condition}: one aspect of a resource after the newest pass. */
@Entity
@Table(name = "resource_condition")
@SuppressWarnings("NullAway.Init") // the persistence provider fills the fields
class ConditionRow {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "condition_seq")
    @SequenceGenerator(name = "condition_seq", sequenceName = "condition_seq", allocationSize = 50)
    long seq;

    String resource;

    int ordinal;

    @Enumerated(EnumType.STRING)
    ConditionType type;

    @Enumerated(EnumType.STRING)
    Condition.Status status;

    @Enumerated(EnumType.STRING)
    ReasonCode reason;

    String message;

    @Column(name = "observed_generation")
    String observedGeneration;

    @Column(name = "last_transition_at")
    Instant lastTransitionAt;

    protected ConditionRow() {}

    static ConditionRow of(ResourceId resource, int ordinal, Condition condition) {
        ConditionRow row = new ConditionRow();
        row.resource = resource.toString();
        row.ordinal = ordinal;
        row.type = condition.type();
        row.status = condition.status();
        row.reason = condition.reason();
        row.message = condition.message();
        row.observedGeneration = condition.observedGeneration();
        row.lastTransitionAt = condition.lastTransitionTime();
        return row;
    }

    Condition toCondition() {
        return new Condition(type, status, reason, message, observedGeneration, lastTransitionAt);
    }
}

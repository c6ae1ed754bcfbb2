package dev.berth.reconciler.status;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Attempt;
import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts the status of a resource together; what is not said is not known of it. */
public final class StatusOf {
    private final ResourceId id;
    private String generation = "";
    private @Nullable String declaredAt;
    private String revision = "";
    private @Nullable String applied;
    private List<Condition> conditions = List.of();
    private List<String> urls = List.of();
    private Map<String, ResourceStatus.Replicas> replicas = Map.of();
    private @Nullable String lastChange;
    private @Nullable Instant lastChangeAt;
    private List<String> problems = List.of();
    private @Nullable String attempted;
    private List<Attempt> history = List.of();
    private List<CertificateStatus> certificates = List.of();

    public StatusOf(ResourceId id) {
        this.id = id;
    }

    /** The same, to be changed. */
    public StatusOf(ResourceStatus status) {
        id = status.id();
        generation = status.generation();
        declaredAt = status.declaredAt();
        revision = status.revision();
        applied = status.appliedRevision();
        conditions = status.conditions();
        urls = status.urls();
        replicas = status.replicas();
        lastChange = status.lastChange();
        lastChangeAt = status.lastChangeAt();
        problems = status.problems();
        attempted = status.attemptedRevision();
        history = status.history();
        certificates = status.certificates();
    }

    public StatusOf generation(String hash) {
        generation = hash;
        return this;
    }

    public StatusOf declaredAt(@Nullable String place) {
        declaredAt = place;
        return this;
    }

    public StatusOf revision(String wanted) {
        revision = wanted;
        return this;
    }

    public StatusOf applied(@Nullable String serving) {
        applied = serving;
        return this;
    }

    public StatusOf conditions(Condition... all) {
        return conditions(List.of(all));
    }

    public StatusOf conditions(List<Condition> all) {
        conditions = all;
        return this;
    }

    public StatusOf urls(String... all) {
        return urls(List.of(all));
    }

    public StatusOf urls(List<String> all) {
        urls = all;
        return this;
    }

    public StatusOf replicas(Map<String, ResourceStatus.Replicas> all) {
        replicas = all;
        return this;
    }

    public StatusOf lastChange(String what, Instant at) {
        lastChange = what;
        lastChangeAt = at;
        return this;
    }

    public StatusOf problems(String... all) {
        problems = List.of(all);
        return this;
    }

    public StatusOf certificates(CertificateStatus... all) {
        certificates = List.of(all);
        return this;
    }

    public ResourceStatus make() {
        return new ResourceStatus(
                id,
                generation,
                declaredAt,
                revision,
                applied,
                conditions,
                urls,
                replicas,
                lastChange,
                lastChangeAt,
                problems,
                attempted,
                history,
                certificates);
    }
}

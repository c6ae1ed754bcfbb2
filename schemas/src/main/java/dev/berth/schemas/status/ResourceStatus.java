package dev.berth.schemas.status;

import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How one resource stands, whole: derived anew by every pass, never patched.
 *
 * @param generation spec hash of the wanted spec; empty when no spec could be read
 * @param declaredAt {@code file:line:column} of the document; {@code null} when it is gone
 * @param revision the config commit wanted, {@code main@sha1:<40 hex>}
 * @param appliedRevision the revision whose spec serves now; {@code null} before the first success
 * @param urls where it is reached
 * @param replicas running containers by process
 * @param lastChange the newest change made to it, in one line
 * @param problems what is wrong in its document, as {@code file:line:column path: message [code]}
 * @param attemptedRevision the revision that was tried last, with success or not; {@code null}
 *     before the first try
 * @param history the last tries, newest first
 * @param certificates of its hosts
 */
public record ResourceStatus(
        ResourceId id,
        String generation,
        @Nullable String declaredAt,
        String revision,
        @Nullable String appliedRevision,
        List<Condition> conditions,
        List<String> urls,
        Map<String, Replicas> replicas,
        @Nullable String lastChange,
        @Nullable Instant lastChangeAt,
        List<String> problems,
        @Nullable String attemptedRevision,
        List<Attempt> history,
        List<CertificateStatus> certificates) {
    private static final int MOST_ATTEMPTS = 5;

    public ResourceStatus {
        history = history == null ? List.of() : List.copyOf(history); // an older Berth told none
        certificates = certificates == null ? List.of() : List.copyOf(certificates);
        conditions = List.copyOf(conditions);
        urls = List.copyOf(urls);
        replicas = Map.copyOf(replicas);
        problems = List.copyOf(problems);
    }

    /** Containers of a process. */
    public record Replicas(int wanted, int running) {}

    /** This status with the times of an earlier one wherever nothing has changed since. */
    public ResourceStatus after(ResourceStatus earlier) {
        return new ResourceStatus(
                id,
                generation,
                declaredAt,
                revision,
                appliedRevision,
                conditions.stream().map(c -> c.after(earlier.condition(c.type()))).toList(),
                urls,
                replicas,
                lastChange == null ? earlier.lastChange : lastChange,
                lastChange == null ? earlier.lastChangeAt : lastChangeAt,
                problems,
                attemptedRevision == null ? earlier.attemptedRevision : attemptedRevision,
                Stream.concat(history.stream(), earlier.history.stream())
                        .distinct()
                        .limit(MOST_ATTEMPTS)
                        .toList(),
                certificates);
    }

    /** The same, with what was tried. */
    public ResourceStatus tried(@Nullable String attempted, List<Attempt> newest) {
        return new ResourceStatus(
                id,
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
                attempted,
                newest,
                certificates);
    }

    /** With the words for people cleaned of what may not leave. */
    ResourceStatus cleaned(UnaryOperator<String> cleaner) {
        return new ResourceStatus(
                id,
                generation,
                declaredAt,
                revision,
                appliedRevision,
                conditions.stream().map(c -> c.cleaned(cleaner)).toList(),
                urls,
                replicas,
                lastChange == null ? null : cleaner.apply(lastChange),
                lastChangeAt,
                problems.stream().map(cleaner).toList(),
                attemptedRevision,
                history.stream().map(a -> a.cleaned(cleaner)).toList(),
                certificates);
    }

    /** The condition of that type, if the resource has it. */
    public @Nullable Condition condition(ConditionType type) {
        return conditions.stream().filter(c -> c.type() == type).findFirst().orElse(null);
    }
}

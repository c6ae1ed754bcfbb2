package dev.berth.reconciler.notify;

import dev.berth.reconciler.lease.Writership;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What ails a resource, as far as people are to be told. Pure.
 *
 * @param patience how long a failure lasts that mends itself more often than not, before it counts
 */
record Ailments(Duration patience, Instant at) {
    /** How long a resource has been well before it is believed. */
    static final Duration SETTLED = Duration.ofSeconds(60);

    /**
     * How long a host may be without a certificate: its records in DNS are often made just then.
     */
    private static final Duration FIRST_ORDER = Duration.ofMinutes(10);

    /** No change of hands among Berths takes so long. */
    private static final Duration HANDOVER = Writership.TROUBLE;

    /** Not ready, and all is as it should be. */
    private static final Set<ReasonCode> NO_FAILURE =
            Collections.unmodifiableSet(
                    EnumSet.of(
                            ReasonCode.Succeeded,
                            ReasonCode.Suspended,
                            ReasonCode.Asleep,
                            ReasonCode.Progressing,
                            ReasonCode.ProgressingWithRetry,
                            ReasonCode.Superseded,
                            // what it waits for is told of by itself
                            ReasonCode.DependencyNotReady,
                            // who writes tells of it
                            ReasonCode.NotWriter,
                            ReasonCode.CertificateIssuing));

    private static final Set<ReasonCode> MENDS_ITSELF =
            Collections.unmodifiableSet(
                    EnumSet.of(
                            ReasonCode.SourceUnavailable,
                            ReasonCode.EngineUnavailable,
                            ReasonCode.EdgeUnavailable));

    /** What clients see, or only its owner can mend; all else may be mended by the next try. */
    private static final Set<ReasonCode> CERTIFICATE_LOST =
            Collections.unmodifiableSet(
                    EnumSet.of(
                            ReasonCode.CertificateExpiring,
                            ReasonCode.CertificateExpired,
                            ReasonCode.CertificateInvalid));

    /**
     * The conditions that say so, one for each reason.
     *
     * @param asked the reasons somebody wants to be told of
     */
    List<Condition> of(ResourceStatus status, Predicate<ReasonCode> asked) {
        Set<ReasonCode> seen = EnumSet.noneOf(ReasonCode.class);
        return judged(status)
                .filter(c -> isFailure(c, status))
                .map(c -> asked.test(c.reason()) ? c : byCause(c, status))
                .filter(c -> asked.test(c.reason()))
                .filter(this::isWorthTelling)
                .filter(c -> seen.add(c.reason()))
                .toList();
    }

    private boolean isWorthTelling(Condition condition) {
        if (condition.type() == ConditionType.CertificateReady) {
            return CERTIFICATE_LOST.contains(condition.reason()) || lasts(condition, FIRST_ORDER);
        }
        return condition.reason() == ReasonCode.WriterUnknown
                ? lasts(condition, HANDOVER)
                : !MENDS_ITSELF.contains(condition.reason()) || lasts(condition, patience);
    }

    /** True when nothing ails it, and that for a while. */
    boolean isWell(ResourceStatus status) {
        return judged(status).allMatch(c -> c.status() == Status.True && lasts(c, SETTLED));
    }

    /** True when nothing else ails it than that it is suspended. */
    static boolean isSuspended(ResourceStatus status) {
        Condition ready = status.condition(ConditionType.Ready);
        return ready != null
                && ready.reason() == ReasonCode.Suspended
                && judged(status)
                        .allMatch(
                                c -> c.type() == ConditionType.Ready || c.status() == Status.True);
    }

    private static Stream<Condition> judged(ResourceStatus status) {
        return Stream.of(
                        ConditionType.Ready,
                        ConditionType.SourceVerified,
                        ConditionType.Healthy,
                        ConditionType.CertificateReady)
                .map(status::condition)
                .filter(Objects::nonNull)
                .filter(c -> !c.reason().isNotAskedFor());
    }

    /**
     * Ready by the reason of Stalled: a release that was rolled back failed for a reason of its
     * own. It is one failure still, told by the one or the other.
     */
    private static Condition byCause(Condition condition, ResourceStatus status) {
        Condition stalled = status.condition(ConditionType.Stalled);
        return condition.type() == ConditionType.Ready
                        && stalled != null
                        && stalled.status() == Status.True
                ? new Condition(
                        condition.type(),
                        condition.status(),
                        stalled.reason(),
                        condition.message(),
                        condition.observedGeneration(),
                        condition.lastTransitionTime())
                : condition;
    }

    /** Not known says nothing; but of the instance it says that nothing can be known. */
    private static boolean isFailure(Condition condition, ResourceStatus status) {
        boolean bad =
                switch (condition.status()) {
                    case True -> false;
                    case False -> true;
                    case Unknown -> status.id().kind() == Kind.Instance;
                };
        return bad && !NO_FAILURE.contains(condition.reason());
    }

    private boolean lasts(Condition condition, Duration time) {
        return !condition.lastTransitionTime().plus(time).isAfter(at);
    }
}

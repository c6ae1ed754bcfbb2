package dev.berth.reconciler.status;

import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a resource of which nothing new is heard. What was said of them stays, until
 * time alone makes it worse: half-way between the renewal and the end is where a sixth of the life
 * of most is left, and the beginning is not known any more. Pure.
 *
 * @param conditions of the resource; their time judges
 * @param cause why none of them is renewed, and what helps
 */
record KeptCertificates(Conditions conditions, String cause) {
    /** CertificateReady; nothing when it was not told before. */
    Stream<Condition> condition() {
        ResourceStatus before = conditions.before();
        Condition kept = before == null ? null : before.condition(ConditionType.CertificateReady);
        if (before == null || kept == null) {
            return Stream.empty();
        }
        List<CertificateStatus> ended = told(before, ReasonCode.CertificateExpired);
        List<CertificateStatus> told =
                ended.isEmpty() ? told(before, ReasonCode.CertificateExpiring) : ended;
        ReasonCode reason =
                ended.isEmpty() ? ReasonCode.CertificateExpiring : ReasonCode.CertificateExpired;
        return Stream.of(
                told.isEmpty()
                                || HostCertificates.weight(kept.reason())
                                        >= HostCertificates.weight(reason)
                        ? kept
                        : conditions.condition(
                                ConditionType.CertificateReady,
                                Status.False,
                                reason,
                                told.stream()
                                        .map(this::message)
                                        .collect(Collectors.joining("\n"))));
    }

    private List<CertificateStatus> told(ResourceStatus before, ReasonCode reason) {
        return before.certificates().stream().filter(c -> reason == judged(c)).toList();
    }

    private @Nullable ReasonCode judged(CertificateStatus certificate) {
        Instant notAfter = certificate.notAfter();
        Instant renewAt = certificate.renewAt();
        if (notAfter == null) {
            return null;
        }
        if (!conditions.now().isBefore(notAfter)) {
            return ReasonCode.CertificateExpired;
        }
        return renewAt != null
                        && !conditions
                                .now()
                                .isBefore(
                                        notAfter.minus(
                                                Duration.between(renewAt, notAfter).dividedBy(2)))
                ? ReasonCode.CertificateExpiring
                : null;
    }

    private String message(CertificateStatus certificate) {
        Instant notAfter = certificate.notAfter();
        return "%s: until %s; %s"
                .formatted(
                        String.join(", ", certificate.names()),
                        notAfter == null ? "" : HostCertificates.MINUTE.format(notAfter),
                        cause);
    }
}

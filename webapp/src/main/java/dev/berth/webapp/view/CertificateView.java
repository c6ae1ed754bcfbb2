package dev.berth.webapp.view;

import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A certificate of a resource's hosts.
 *
 * @param hosts those it is for
 * @param left how long clients still take it, such as {@code 58 d left}; or that there is none
 * @param tone the colour's name in the style sheet
 * @param reason what is wrong, in one word beside the others; empty when nothing is
 * @param issuer who signed it; a dash while there is none
 * @param until {@code null} while there is none
 * @param renewed {@code null} = there is none, or nobody renews it
 * @param nextTry {@code null} = nothing failed, or only a change can help
 */
public record CertificateView(
        List<String> hosts,
        String left,
        String tone,
        String reason,
        String issuer,
        String source,
        @Nullable Moment until,
        @Nullable Moment renewed,
        @Nullable Moment nextTry) {
    private static final Map<ReasonCode, String> TONES =
            Map.of(
                    ReasonCode.CertificateIssuing, "work",
                    ReasonCode.NotConfigured, "idle",
                    ReasonCode.WildcardNeeded, "idle",
                    ReasonCode.CertificateExpired, "bad");
    private static final long TWO_DAYS = 2 * 86_400;

    /** All of them. */
    public static List<CertificateView> of(ResourceStatus status, Instant now) {
        return status.certificates().stream().map(c -> of(c, status, now)).toList();
    }

    /** The one that ends first, or is not there; {@code null} for what has none and needs none. */
    static @Nullable CertificateView next(ResourceStatus status, Instant now) {
        return status.certificates().stream()
                .min(
                        Comparator.comparing(
                                CertificateStatus::notAfter,
                                Comparator.nullsFirst(Comparator.naturalOrder())))
                .map(certificate -> of(certificate, status, now))
                .orElse(null);
    }

    private static CertificateView of(
            CertificateStatus certificate, ResourceStatus of, Instant now) {
        Instant notAfter = certificate.notAfter();
        Instant renewAt = certificate.renewAt();
        Instant nextTry = certificate.nextTry();
        return new CertificateView(
                certificate.names(),
                left(notAfter, now),
                tone(certificate, of, now),
                reason(of),
                certificate.issuer() == null ? "–" : certificate.issuer(),
                switch (certificate.source()) {
                    case ORDERED -> "ordered";
                    case BROUGHT -> "of a Secret";
                },
                notAfter == null ? null : Moment.ahead(notAfter, now),
                renewAt == null ? null : Moment.ahead(renewAt, now),
                nextTry == null ? null : Moment.ahead(nextTry, now));
    }

    private static String left(@Nullable Instant notAfter, Instant now) {
        if (notAfter == null) {
            return "none";
        }
        long seconds = Duration.between(now, notAfter).toSeconds();
        if (seconds <= 0) {
            return "expired";
        }
        return seconds < TWO_DAYS ? seconds / 3600 + " h left" : seconds / 86_400 + " d left";
    }

    private static String reason(ResourceStatus status) {
        Condition condition = status.condition(ConditionType.CertificateReady);
        return condition == null
                        || condition.status() == Condition.Status.True
                        || condition.reason() == ReasonCode.CertificateExpired
                ? ""
                : condition.reason().name().replaceFirst("^Certificate", "");
    }

    private static String tone(CertificateStatus certificate, ResourceStatus status, Instant now) {
        Instant notAfter = certificate.notAfter();
        if (notAfter != null && !now.isBefore(notAfter)) {
            return "bad"; // whatever the last pass said
        }
        Condition condition = status.condition(ConditionType.CertificateReady);
        if (condition == null) {
            return "idle";
        }
        Instant renewAt = certificate.renewAt();
        if (renewAt != null
                && now.isBefore(renewAt)
                && condition.reason() != ReasonCode.EdgeUnavailable) {
            return "good"; // what is wrong is wrong with another of its hosts
        }
        return tone(condition);
    }

    /** That of CertificateReady: what nobody asked for, or is on its way, is no alarm. */
    static String tone(Condition condition) {
        return switch (condition.status()) {
            case True -> "good";
            case Unknown -> "idle";
            case False -> TONES.getOrDefault(condition.reason(), "warn");
        };
    }
}

package dev.berth.liberty.health;

import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus reads of certificates, by name; of several for one name the one that ends last,
 * which is the newest.
 */
final class CertificateGauges {
    private CertificateGauges() {}

    static void write(MetricsText text, Collection<ResourceStatus> resources) {
        SortedMap<String, CertificateStatus> byName = new TreeMap<>();
        for (ResourceStatus resource : resources) {
            for (CertificateStatus certificate : resource.certificates()) {
                certificate
                        .names()
                        .forEach(n -> byName.merge(n, certificate, CertificateGauges::newer));
            }
        }
        moments(
                text,
                "berth_certificate_expiry_timestamp_seconds",
                "When the certificate of a name ends; 0 = there is none.",
                byName,
                certificate -> Objects.requireNonNullElse(certificate.notAfter(), Instant.EPOCH));
        moments(
                text,
                "berth_certificate_renewal_timestamp_seconds",
                "About when the certificate of a name is renewed.",
                byName,
                CertificateStatus::renewAt);
        moments(
                text,
                "berth_certificate_next_try_timestamp_seconds",
                "When the certificate of a name is tried again after a failure.",
                byName,
                CertificateStatus::nextTry);
    }

    static void write(MetricsText text, CertificateOrders orders) {
        text.metric(
                "berth_certificate_orders_total",
                "counter",
                "Tries to have a certificate since the start, by what came of them.");
        orders.byOutcome()
                .forEach(
                        (outcome, tries) ->
                                text.value(
                                        "berth_certificate_orders_total",
                                        tries,
                                        "outcome",
                                        outcome));
    }

    private static CertificateStatus newer(CertificateStatus one, CertificateStatus other) {
        Instant first = Objects.requireNonNullElse(one.notAfter(), Instant.EPOCH);
        Instant second = Objects.requireNonNullElse(other.notAfter(), Instant.EPOCH);
        return second.isAfter(first) ? other : one;
    }

    private static void moments(
            MetricsText text,
            String metric,
            String says,
            SortedMap<String, CertificateStatus> byName,
            Function<CertificateStatus, @Nullable Instant> moment) {
        text.metric(metric, "gauge", says);
        byName.forEach(
                (name, certificate) -> {
                    Instant at = moment.apply(certificate);
                    if (at != null) {
                        text.value(metric, at.getEpochSecond(), "name", name);
                    }
                });
    }
}

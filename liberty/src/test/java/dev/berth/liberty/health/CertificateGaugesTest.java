package dev.berth.liberty.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CertificateGaugesTest {
    private static ResourceStatus app(
            String app, @Nullable Long notAfter, @Nullable Long nextTry, String... names) {
        return new ResourceStatus(
                ResourceId.app(app),
                "",
                null,
                "",
                null,
                List.of(),
                List.of(),
                Map.of(),
                null,
                null,
                List.of(),
                null,
                List.of(),
                List.of(
                        new CertificateStatus(
                                List.of(names),
                                CertificateStatus.Source.ORDERED,
                                null,
                                notAfter == null ? null : Instant.ofEpochSecond(notAfter),
                                notAfter == null ? null : Instant.ofEpochSecond(notAfter - 10),
                                nextTry == null ? null : Instant.ofEpochSecond(nextTry))));
    }

    @Test
    void write_certificates_areToldByNameTheNewestOnce() {
        MetricsText text = new MetricsText();

        CertificateGauges.write(
                text,
                List.of(
                        app("a", 500L, null, "a.test", "b.test"),
                        app("b", 900L, null, "b.test"),
                        app("c", null, 70L, "c.test")));

        assertThat(text.toString().lines())
                .filteredOn(line -> !line.startsWith("#"))
                .containsExactly(
                        "berth_certificate_expiry_timestamp_seconds{name=\"a.test\"} 500",
                        "berth_certificate_expiry_timestamp_seconds{name=\"b.test\"} 900",
                        "berth_certificate_expiry_timestamp_seconds{name=\"c.test\"} 0",
                        "berth_certificate_renewal_timestamp_seconds{name=\"a.test\"} 490",
                        "berth_certificate_renewal_timestamp_seconds{name=\"b.test\"} 890",
                        "berth_certificate_next_try_timestamp_seconds{name=\"c.test\"} 70");
    }

    @Test
    void write_orders_areCountedByOutcome() {
        MetricsText text = new MetricsText();

        CertificateGauges.write(text, CertificateOrders.of(Map.of("validation", 2L, "issued", 7L)));

        assertThat(text.toString().lines())
                .filteredOn(line -> !line.startsWith("#"))
                .containsExactly(
                        "berth_certificate_orders_total{outcome=\"issued\"} 7",
                        "berth_certificate_orders_total{outcome=\"validation\"} 2");
    }
}

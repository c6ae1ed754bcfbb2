package dev.berth.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.proxy.http.TlsFacts;
import dev.berth.proxy.observe.Exposition.MetricType;
import dev.berth.proxy.testing.Metrics;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.EdgeReport.InFlight;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExpositionTest {
    @Test
    void sample_oddLabel_isEscaped() {
        Exposition page = new Exposition();
        page.family("berth_x", MetricType.Gauge, "A \\ b\nc \"d\".").sample(0.5, "a", "\"\\\n}");

        assertThat(page.text())
                .isEqualTo(
                        """
                        # HELP berth_x A \\\\ b\\nc "d".
                        # TYPE berth_x gauge
                        berth_x{a="\\"\\\\\\n}"} 0.5
                        """);
    }

    @Test
    void family_twice_isABug() {
        Exposition page = new Exposition().single("berth_x", MetricType.Gauge, "x", 1);

        assertThatThrownBy(() -> page.family("berth_x", MetricType.Gauge, "x"))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void page_ofEverything_isStrictlyWellFormedAndAddsUp() {
        Counters one = new Counters();
        Counters two = new Counters();
        one.request("shop", 200, new Counters.Cost(900, 10, 20));
        one.request("shop", 200, new Counters.Cost(1_000, 0, 0));
        two.request("shop", 503, new Counters.Cost(60_000_000, 1, 2));
        two.request("we\"ird\\", 404, new Counters.Cost(1, 0, 0));
        two.retry("shop");
        two.held("shop");
        one.holdExpired("shop");
        one.rateLimited("shop");
        one.add(Counters.What.UpstreamCreated, 3);
        two.add(Counters.What.UpstreamClosed, 1);
        HandshakeCounters handshakes = new HandshakeCounters();
        handshakes.succeeded(new TlsFacts("TLSv1.3", "x", true));
        handshakes.failed(HandshakeCounters.Reason.NotTls);

        Metrics page = Metrics.parse(page(List.of(one, two), handshakes));

        assertThat(page.value("berth_edge_requests_total{app=\"shop\",status=\"2xx\"}"))
                .isEqualTo(2);
        assertThat(page.value("berth_edge_requests_total{app=\"shop\",status=\"5xx\"}"))
                .isEqualTo(1);
        String latency = "berth_edge_request_duration_seconds";
        assertThat(page.value(latency + "_bucket{app=\"shop\",le=\"0.001\"}")).isEqualTo(2);
        assertThat(page.value(latency + "_bucket{app=\"shop\",le=\"10.0\"}")).isEqualTo(2);
        assertThat(page.value(latency + "_bucket{app=\"shop\",le=\"+Inf\"}")).isEqualTo(3);
        assertThat(page.value(latency + "_sum{app=\"shop\"}")).isEqualTo(60.0019);
        assertThat(page.value("berth_edge_received_bytes_total{app=\"shop\"}")).isEqualTo(11);
        assertThat(page.value("berth_edge_sent_bytes_total{app=\"shop\"}")).isEqualTo(22);
        assertThat(page.value("berth_edge_retries_total{app=\"shop\"}")).isEqualTo(1);
        assertThat(page.value("berth_edge_holds_total{app=\"shop\"}")).isEqualTo(1);
        assertThat(page.value("berth_edge_holds_expired_total{app=\"shop\"}")).isEqualTo(1);
        assertThat(page.value("berth_edge_rate_limited_total{app=\"shop\"}")).isEqualTo(1);
        assertThat(page.value("berth_edge_upstream_connections")).isEqualTo(2);
        assertThat(
                        page.value(
                                "berth_edge_tls_handshakes_total{version=\"TLSv1.3\",resumed=\"true\"}"))
                .isEqualTo(1);
        assertThat(page.value("berth_edge_tls_failures_total{reason=\"not_tls\"}")).isEqualTo(1);
        assertThat(page.value("berth_edge_certificate_expiry_timestamp_seconds{name=\"a.test\"}"))
                .isEqualTo(1000);
        assertThat(
                        page.value(
                                "berth_edge_backend_in_flight{container=\"c\",address=\"10.0.0.1:80\"}"))
                .isEqualTo(4);
        assertThat(page.value("berth_edge_snapshots_refused_total")).isEqualTo(2);
        assertThat(page.value("berth_edge_heap_used_bytes")).isPositive();
        assertThat(page.value("berth_edge_resident_memory_bytes")).isPositive();
        assertThat(page.value("berth_edge_open_fds")).isPositive();
    }

    @Test
    void retain_appGone_isForgottenAndTheEdgesOwnStays() {
        Counters counters = new Counters();
        counters.request("old", 200, new Counters.Cost(1, 0, 0));
        counters.request("", 404, new Counters.Cost(1, 0, 0));

        counters.retain(Set.of("new"));

        Metrics page = Metrics.parse(page(List.of(counters), new HandshakeCounters()));
        assertThat(page.has("berth_edge_requests_total{app=\"old\",status=\"2xx\"}")).isFalse();
        assertThat(page.has("berth_edge_requests_total{app=\"\",status=\"4xx\"}")).isTrue();
    }

    private static String page(List<Counters> loops, HandshakeCounters handshakes) {
        return MetricsPage.of(
                loops,
                handshakes,
                new MetricsPage.Gauges(1, 2, 3, 10, 11, 4, 5, 6, 7, 8, 9),
                new MetricsPage.Serving(9, Instant.ofEpochMilli(1500), 3, 2),
                new MetricsPage.Parts(
                        List.of(new InFlight(new Backend("c", "10.0.0.1", 80), 4)),
                        Map.of("shop", 1L),
                        Map.of("a.test", Instant.ofEpochSecond(1000))));
    }
}

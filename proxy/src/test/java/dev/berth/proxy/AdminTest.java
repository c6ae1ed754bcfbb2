package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.observe.AdminServer;
import dev.berth.proxy.testing.Metrics;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class AdminTest {
    @Test
    void metrics_afterRequests_countThem() throws IOException {
        try (TestEdge edge = TestEdge.start(Timeouts.DEFAULT);
                AdminServer admin = AdminServer.start(0, edge.edge()::metrics);
                TestBackend backend = TestBackend.saying("x")) {
            edge.serve(Routes.proxy("shop.test", backend.address()));
            for (int i = 0; i < 3; i++) {
                RawClient.get(edge.port(), "shop.test", "/");
            }
            RawClient.get(edge.port(), "unknown.test", "/");

            RawClient.Response page = RawClient.get(admin.port(), "localhost", "/metrics");

            assertThat(page.field("content-type")).startsWith("text/plain; version=0.0.4");
            Metrics metrics = Metrics.parse(page.body());
            assertThat(metrics.value("berth_edge_requests_total{app=\"shop\",status=\"2xx\"}"))
                    .isEqualTo(3);
            assertThat(metrics.value("berth_edge_requests_total{app=\"\",status=\"4xx\"}"))
                    .isEqualTo(1);
            assertThat(metrics.value("berth_edge_request_duration_seconds_count{app=\"shop\"}"))
                    .isEqualTo(3);
            assertThat(metrics.value("berth_edge_upstream_connections_created_total"))
                    .isEqualTo(3 - metrics.value("berth_edge_upstream_connections_reused_total"));
            assertThat(metrics.value("berth_edge_in_flight")).isZero();
            assertThat(metrics.value("berth_edge_log_dropped_total")).isZero();
            assertThat(metrics.value("berth_edge_snapshot_version")).isEqualTo(1);
            assertThat(metrics.value("berth_edge_snapshots_applied_total")).isEqualTo(1);
            assertThat(metrics.value("berth_edge_connections_accepted_total")).isEqualTo(4);
            assertThat(RawClient.get(admin.port(), "localhost", "/health").body())
                    .isEqualTo("ok\n");
        }
    }
}

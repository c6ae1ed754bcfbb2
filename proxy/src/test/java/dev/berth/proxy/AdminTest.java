package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.observe.AdminServer;
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
            assertThat(page.body())
                    .contains("\nberth_edge_requests_total{app=\"shop\",status=\"2xx\"} 3\n")
                    .contains("\nberth_edge_requests_total{app=\"\",status=\"4xx\"} 1\n")
                    .contains("\nberth_edge_upstream_connect_errors_total 0\n")
                    .contains("\nberth_edge_in_flight 0\n")
                    .contains("\nberth_edge_log_dropped_total 0\n")
                    .contains("\nberth_edge_snapshot_version 1\n");
            assertThat(RawClient.get(admin.port(), "localhost", "/health").body())
                    .isEqualTo("ok\n");
        }
    }
}

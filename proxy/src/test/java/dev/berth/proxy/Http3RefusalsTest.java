package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.proxy.testing.H3Client;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the access log tells of requests of HTTP/3 that nothing is known of: one line each. */
class Http3RefusalsTest {

    static Stream<Arguments> unreadable() {
        return Stream.of(
                request("malformed", client -> client.get("/", "connection", "close").answer()),
                request("ends before its head", client -> client.open().raw(true).answer()),
                request(
                        "ends within a frame",
                        client -> client.open().raw(true, 1, 10, 'h', 'a').answer()),
                request(
                        "head too large",
                        client -> client.get("/", "x-a", "b".repeat(40_000)).answer()));
    }

    private static Arguments request(String name, Consumer<H3Client> request) {
        return argumentSet(name, request);
    }

    @ParameterizedTest
    @MethodSource
    void unreadable(Consumer<H3Client> request) {
        try (TestEdge edge = TestEdge.startHttp3();
                TestBackend backend = TestBackend.echo()) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            try (H3Client client = H3Client.connect(edge.httpsPort())) {
                request.accept(client);
            }
            try (H3Client client = H3Client.connect(edge.httpsPort())) {
                assertThat(client.get("/last").answer().status()).isEqualTo(200);
            }
            await().until(() -> lines(edge).stream().anyMatch(line -> line.contains("/last")));

            assertThat(lines(edge))
                    .filteredOn(line -> !line.contains("\"complete\""))
                    .singleElement()
                    .asString()
                    .contains("\"status\":400");
        }
    }

    private static List<String> lines(TestEdge edge) {
        return edge.accessLog().stream().filter(line -> line.contains("HTTP/3.0")).toList();
    }
}

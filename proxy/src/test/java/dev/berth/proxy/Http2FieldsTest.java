package dev.berth.proxy;

import static dev.berth.proxy.testing.H2Client.END_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.testing.H2Backend;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.H2Client.Answer;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import io.netty.handler.codec.http2.Http2Error;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields of HTTP/2 that must not go on, and those that must not end a request. */
class Http2FieldsTest {
    private static TestEdge edge;

    @BeforeAll
    static void start() {
        edge = TestEdge.start();
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void head_credentialsForAProxy_stayHere() {
        try (TestBackend backend = TestBackend.echo();
                H2Client client = H2Client.connect(edge.port())) {
            edge.serve(Routes.proxy("a.test", backend.address()));

            String seen =
                    client.get(1, "/", "proxy-authorization", "Basic secret", "x-other", "stays")
                            .answer(1)
                            .body();

            assertThat(seen).contains("x-other: stays").doesNotContain("proxy-authorization");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://b.test/x", "ftp://a.test/", "b.test/x", "x", "**"})
    void path_thatIsNone_isRefused(String path) {
        try (TestBackend backend = TestBackend.echo();
                H2Client client = H2Client.connect(edge.port())) {
            edge.serve(
                    Routes.proxy("a.test", backend.address()),
                    Routes.proxy("b.test", backend.address()));

            assertThat(client.get(1, path).answer(1).reset())
                    .isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
            assertThat(backend.heads()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length", "trailer"})
    void trailers_ofTheClient_thatMeanNothingThere_areLeftOut(String name) {
        try (TestBackend backend = TestBackend.echo();
                H2Client client = H2Client.connect(edge.port())) {
            edge.serve(Routes.proxy("a.test", backend.address()));
            client.request(1, 0, "POST", "/").data(1, 0, "body");
            client.headers(1, END_STREAM, name, "4", "x-sum", "1");

            Answer answer = client.answer(1);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).endsWith("\r\n\r\n4\r\nbody\r\n0\r\nx-sum: 1\r\n\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length", "trailer"})
    void trailers_ofTheBackend_thatMeanNothingThere_areLeftOut(String name) {
        try (H2Backend backend =
                        H2Backend.start(
                                (stream, fields, body, last) -> {
                                    stream.head(false, ":status", "200");
                                    stream.data("body", false);
                                    stream.head(true, name, "4", "grpc-status", "0");
                                });
                H2Client client = H2Client.connect(edge.port())) {
            edge.serve(Routes.proxy("a.test", backend.address()));

            Answer answer = client.get(1, "/").answer(1);

            assertThat(answer.ended()).isTrue();
            assertThat(answer.body()).isEqualTo("body");
            assertThat(Objects.requireNonNull(answer.trailers()).get("grpc-status"))
                    .hasToString("0");
            assertThat(answer.trailers().contains(name)).isFalse();
        }
    }
}

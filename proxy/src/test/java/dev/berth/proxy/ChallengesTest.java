package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.H3Client;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TlsClient;
import dev.berth.proxy.tls.TestCertificates;
import dev.berth.schemas.edge.Challenge;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChallengesTest {
    private static final String TOKEN = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";
    private static final String PATH = "/.well-known/acme-challenge/" + TOKEN;
    private static final Challenge CHALLENGE = new Challenge(TOKEN, TOKEN + ".9jg46WB3rR_AHD-EBXd");

    private static TestBackend echo;

    private TestEdge edge;

    @BeforeAll
    static void startBackend() {
        echo = TestBackend.echo();
    }

    @AfterAll
    static void stopBackend() {
        echo.close();
    }

    @BeforeEach
    void start() {
        edge = TestEdge.start();
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    @Test
    void challenge_hostWithoutARoute_isAnswered() {
        edge.answering(CHALLENGE).serve(List.of());

        RawClient.Response response = RawClient.get(edge.port(), "new.test", PATH);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(CHALLENGE.answer());
        assertThat(response.field("content-type")).isEqualTo("text/plain");
        assertThat(response.field("cache-control")).isEqualTo("no-store");
    }

    @Test
    void challenge_portInTheHostAsOfATestAuthority_isAnswered() {
        edge.answering(CHALLENGE).serve(List.of());

        assertThat(RawClient.get(edge.port(), "new.test:5002", PATH).body())
                .isEqualTo(CHALLENGE.answer());
    }

    @Test
    void challenge_beforeRedirectsAndWalls_isAnswered() {
        Policy walled =
                new PolicyOf()
                        .redirectHttps()
                        .addresses(List.of("192.0.2.0/24"), List.of())
                        .user("ada", "sha256:salt:" + "0".repeat(64))
                        .build();
        edge.answering(CHALLENGE)
                .serve(
                        List.of(TestCertificates.of("a.test")),
                        Routes.proxy("a.test", echo.address()).with(walled),
                        Routes.route("r.test", "/", new Route.Redirect("a.test")),
                        Routes.route("u.test", "/", new Route.Unavailable("suspended")));

        for (String host : List.of("a.test", "r.test", "u.test")) {
            assertThat(RawClient.get(edge.port(), host, PATH).body())
                    .as(host)
                    .isEqualTo(CHALLENGE.answer());
        }
    }

    @Test
    void challenge_overTlsAndHttp2_isAnswered() throws IOException {
        edge.answering(CHALLENGE).serve(List.of());

        try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test", "h2");
                H2Client client = H2Client.over(socket)) {
            assertThat(client.get(1, PATH).answer(1).body()).isEqualTo(CHALLENGE.answer());
        }
    }

    @Test
    void challenge_overHttp3_isAnsweredAndTheConnectionGoesOn() {
        try (TestEdge quic =
                TestEdge.startHttp3()
                        .answering(CHALLENGE)
                        .serve(List.of(), Routes.proxy("a.test", echo.address()))) {
            try (H3Client client = H3Client.connect(quic.httpsPort())) {
                H3Client.Answer answer = client.get(PATH).answer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(CHALLENGE.answer());
                assertThat(answer.field("content-type")).isEqualTo("text/plain");

                H3Client.Answer head =
                        client.open().headers(true, H3Client.fields("HEAD", PATH)).answer();
                assertThat(head.status()).isEqualTo(200);
                assertThat(head.body()).isEmpty();
                assertThat(client.get("/x").answer().body()).startsWith("GET /x ");
            }
        }
    }

    @Test
    void challenge_connectionGoesOn_isNotClosed() {
        edge.answering(CHALLENGE).serve(List.of(), Routes.proxy("a.test", echo.address()));

        try (RawClient client = RawClient.connect(edge.port())) {
            String get = "GET " + PATH + " HTTP/1.1\r\nHost: a.test\r\n\r\n";
            assertThat(client.send(get).response().body()).isEqualTo(CHALLENGE.answer());
            assertThat(client.send(get.replace("GET", "HEAD")).response(false).status())
                    .isEqualTo(200);
            assertThat(client.send(get.replace(PATH, "/x")).response().body())
                    .startsWith("GET /x ");
        }
    }

    @Test
    void challenge_ofTheAppsOwn_reachesTheApp() throws IOException {
        edge.answering(CHALLENGE).serve(List.of(), Routes.proxy("a.test", echo.address()));

        for (String path : List.of(PATH + "x", PATH + "/", "/x" + PATH, "/.well-known/x")) {
            assertThat(RawClient.get(edge.port(), "a.test", path).body())
                    .startsWith("GET " + path + " ");
        }
        try (RawClient client = RawClient.connect(edge.port())) {
            Conversation raw = client.conversation();
            raw.send("POST " + PATH + " HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n");
            String head = raw.readHead();
            assertThat(raw.readBody(head == null ? "" : head)).startsWith("POST " + PATH);
        }
    }

    @Test
    void challenge_takenBack_isAnsweredNoMore() {
        edge.answering(CHALLENGE).serve(List.of(), Routes.proxy("a.test", echo.address()));
        edge.answering().serve(List.of(), Routes.proxy("a.test", echo.address()));

        assertThat(RawClient.get(edge.port(), "a.test", PATH).body())
                .startsWith("GET /.well-known");
    }

    @Test
    void challenge_thatIsNone_refusesNoSnapshot() {
        edge.answering(new Challenge("../x", "y"), new Challenge("x", "a\r\nb"), CHALLENGE)
                .serve(List.of(), Routes.proxy("a.test", echo.address()));

        assertThat(RawClient.get(edge.port(), "a.test", PATH).body()).isEqualTo(CHALLENGE.answer());
        assertThat(RawClient.get(edge.port(), "a.test", "/.well-known/acme-challenge/x").body())
                .startsWith("GET ");
    }
}

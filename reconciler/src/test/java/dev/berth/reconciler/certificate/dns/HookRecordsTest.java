package dev.berth.reconciler.certificate.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.berth.reconciler.certificate.DnsException;
import dev.berth.reconciler.notify.HttpPost;
import dev.berth.reconciler.notify.OwnersReach;
import dev.berth.reconciler.notify.Reach;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.EnvValue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HookRecordsTest {
    private static final String FQDN = "_acme-challenge.example.com.";

    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private int answers = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        asked.add(
                                "%s %s %s %s"
                                        .formatted(
                                                exchange.getRequestMethod(),
                                                exchange.getRequestURI(),
                                                exchange.getRequestHeaders()
                                                        .getFirst("Authorization"),
                                                new String(
                                                        exchange.getRequestBody().readAllBytes(),
                                                        StandardCharsets.UTF_8)));
                        exchange.sendResponseHeaders(answers, -1);
                    }
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private HookRecords records(@Nullable String user, Reach reach) {
        return new HookRecords(
                "http://127.0.0.1:" + server.getAddress().getPort() + "/acme",
                user,
                new Credential(new EnvValue.FromSecret("dns.hook"), _ -> Secret.of("pass")),
                new HttpPost(
                        Duration.ofSeconds(10),
                        reach,
                        (SSLSocketFactory) SSLSocketFactory.getDefault()),
                new Nameservers(new HurriedClock()));
    }

    @Test
    void putAndRemove_arePosted() throws DnsException {
        HookRecords records = records("ada", _ -> {});

        records.put(FQDN, "digest");
        records.remove(FQDN, "digest");

        String body = "{\"fqdn\":\"_acme-challenge.example.com.\",\"value\":\"digest\"}";
        assertThat(asked)
                .containsExactly(
                        "POST /acme/present Basic YWRhOnBhc3M= " + body,
                        "POST /acme/cleanup Basic YWRhOnBhc3M= " + body);
    }

    @Test
    void put_withoutLogin_sendsNone() throws DnsException {
        records(null, _ -> {}).put(FQDN, "digest");

        assertThat(asked).singleElement().asString().startsWith("POST /acme/present null {");
    }

    @Test
    void put_endpointSaysNo_isWorthAnotherTry() {
        answers = 502;

        assertThatThrownBy(() -> records(null, _ -> {}).put(FQDN, "digest"))
                .isInstanceOfSatisfying(
                        DnsException.class, e -> assertThat(e.permanent()).isFalse())
                .hasMessageContaining("answered 502");
    }

    @Test
    void put_endpointOnThisMachine_isNotAskedUnlessItsOwnerAllowsIt() {
        assertThatThrownBy(
                        () ->
                                records(null, new OwnersReach(Path.of("/nowhere/allowed")))
                                        .put(FQDN, "digest"))
                .isInstanceOfSatisfying(DnsException.class, e -> assertThat(e.permanent()).isTrue())
                .hasMessageContaining("/nowhere/allowed");
        assertThat(asked).isEmpty();
    }
}

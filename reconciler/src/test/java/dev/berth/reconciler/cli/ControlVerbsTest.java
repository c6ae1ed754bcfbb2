package dev.berth.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.berth.reconciler.status.StatusOf;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.PreviewStatus.State;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code status} and {@code logs}, against answers in the form that control gives. */
final class ControlVerbsTest {
    private final Map<String, String> answers = new HashMap<>();
    private final HttpServer server;

    ControlVerbsTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void serve() {
        answers.put("/api/v1/previews", "{\"restored\":false,\"items\":[]}");
        server.createContext(
                "/",
                exchange -> {
                    String answer = answers.get(exchange.getRequestURI().toString());
                    byte[] body =
                            (answer == null ? "{\"detail\":\"There is no app x\"}" : answer)
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void status_resources_areAlignedOverAllPages() {
        answers.put("/api/v1/resources", listing(resource("app/blog", true, "serves"), "app/blog"));
        answers.put(
                "/api/v1/resources?cursor=app/blog",
                listing(resource("app/longer-name", false, "exited with 1\nlog line"), null));
        Run run = run("status");

        assertThat(run.out())
                .isEqualTo(
                        """
                        main@sha1:abc, as of 2026-11-21T09:00:00Z
                        RESOURCE         STATE    REPLICAS  URL                 MESSAGE
                        app/blog         Ready    web 1/2   http://x.localhost
                        app/longer-name  Stalled  web 1/2   http://x.localhost  exited with 1
                        """);
        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
    }

    @Test
    void status_commitIsRefused_saysSoAndFails() {
        String why =
                "commit 0123456789ab by Eve <eve@example.com> is not followed: it is not signed";
        Condition ready =
                new Condition(
                        ConditionType.Ready,
                        Condition.Status.False,
                        ReasonCode.SignatureInvalid,
                        why,
                        "",
                        Instant.EPOCH);
        Condition source =
                new Condition(
                        ConditionType.SourceVerified,
                        Condition.Status.False,
                        ReasonCode.SignatureInvalid,
                        why,
                        "",
                        Instant.EPOCH);
        answers.put(
                "/api/v1/resources",
                listing(
                        new StatusOf(ResourceId.parse("instance/home"))
                                .revision("main@sha1:abc")
                                .applied("main@sha1:abc")
                                .conditions(source, ready)
                                .make(),
                        null));
        Run run = run("status");

        assertThat(run.out()).contains("SignatureInvalid").contains(why);
        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
    }

    @Test
    void status_readyAndNotHealthy_isDegraded() {
        answers.put(
                "/api/v1/resources",
                listing(
                        resource(
                                "app/blog",
                                condition(ConditionType.Ready, true, "serves"),
                                condition(ConditionType.Healthy, false, "keeps exiting")),
                        null));
        Run run = run("status");

        assertThat(run.out().lines().toList().getLast())
                .matches("app/blog +Degraded +web 1/2 +http://x.localhost +keeps exiting");
        assertThat(run.exit()).isEqualTo(Verb.Exit.OK);
    }

    @Test
    void status_certificates_haveAColumnAndTheirTroubleIsTold() {
        Condition ready = condition(ConditionType.Ready, true, "serves");
        answers.put(
                "/api/v1/resources",
                Json.write(
                        Map.of(
                                "asOf",
                                "2026-11-21T09:00:00Z",
                                "problems",
                                List.of(),
                                "items",
                                List.of(
                                        certified("app/blog", Duration.ofDays(58), ready),
                                        certified("app/old", Duration.ZERO, ready),
                                        certified("app/short", Duration.ofHours(47), ready),
                                        certified(
                                                "app/new",
                                                null,
                                                ready,
                                                condition(
                                                        ConditionType.CertificateReady,
                                                        false,
                                                        "x.test: no A record\nmore")),
                                        resource("app/plain", ready)))));
        Run run = run("status");

        assertThat(run.out())
                .isEqualTo(
                        """
                        RESOURCE   STATE  REPLICAS  URL                 CERTIFICATE  MESSAGE
                        app/blog   Ready  web 1/2   http://x.localhost  58 d left
                        app/old    Ready  web 1/2   http://x.localhost  expired
                        app/short  Ready  web 1/2   http://x.localhost  47 h left
                        app/new    Ready  web 1/2   http://x.localhost  none         x.test: no A record
                        app/plain  Ready  web 1/2   http://x.localhost  -
                        """);
        assertThat(run.exit()).isEqualTo(Verb.Exit.OK);
    }

    private static ResourceStatus certified(
            String id, @Nullable Duration left, Condition... conditions) {
        return new StatusOf(resource(id, conditions))
                .certificates(
                        new CertificateStatus(
                                List.of("x.test"),
                                CertificateStatus.Source.ORDERED,
                                null,
                                left == null
                                        ? null
                                        : Instant.parse("2026-11-21T09:00:00Z").plus(left),
                                null,
                                null))
                .make();
    }

    @Test
    void status_previews_standApartAndMakeNothingFail() {
        answers.put("/api/v1/resources", listing(resource("app/blog", true, "serves"), "app/blog"));
        answers.put(
                "/api/v1/resources?cursor=app/blog",
                listing(resource("app/blog.pr-12", false, "exited with 1"), null));
        answers.put(
                "/api/v1/previews",
                Json.write(
                        Map.of(
                                "items",
                                List.of(
                                        preview(9, State.Serving, null),
                                        preview(12, State.Failed, "exited with 1\nlog line"),
                                        preview(14, State.Queued, "2 wait before it"),
                                        preview(15, State.None, "it is a draft"),
                                        preview(16, State.None, "it is a draft")))));
        Run run = run("status");

        assertThat(run.out())
                .isEqualTo(
                        """
                        main@sha1:abc, as of 2026-11-21T09:00:00Z
                        RESOURCE  STATE  REPLICAS  URL                 MESSAGE
                        app/blog  Ready  web 1/2   http://x.localhost

                        PREVIEW     STATE    COMMIT        URL                      MESSAGE
                        blog.pr-9   Serving  c0ffee00c0ff  http://pr-9-x.localhost
                        blog.pr-12  Failed   c0ffee00c0ff  -                        exited with 1
                        blog.pr-14  Queued   c0ffee00c0ff  -                        2 wait before it
                        2 open without a preview
                        """);
        assertThat(run.exit()).isEqualTo(Verb.Exit.OK);
    }

    @Test
    void status_json_isPassedOn() {
        answers.put("/api/v1/resources", "{\"items\":[]}");

        assertThat(run("status", "--json"))
                .isEqualTo(new Run(Verb.Exit.OK, "{\"items\":[]}\n", ""));
    }

    @Test
    void status_beforeTheFirstPass_saysSo() {
        answers.put("/api/v1/resources", "{\"restored\":false,\"problems\":[],\"items\":[]}");

        assertThat(run("status").out()).contains("the first pass has not ended");
    }

    @Test
    void status_controlDown_saysWhatToDo() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Run run = Run.of(Map.of("BERTH_CONTROL_PORT", String.valueOf(free)), "status");

        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
        assertThat(run.err()).contains("is Berth up? Start it with: berth up");
    }

    @Test
    void status_answerOfAnotherShape_isSaid() {
        answers.put("/api/v1/resources", "<html>");

        assertThat(run("status").err()).contains("another version");
    }

    @Test
    void logs_app_printsItsLines() {
        answers.put("/api/v1/apps/blog/log", "{\"app\":\"blog\",\"lines\":[\"one\",\"two\"]}");

        assertThat(run("logs", "blog")).isEqualTo(new Run(Verb.Exit.OK, "one\ntwo\n", ""));
    }

    @Test
    void logs_runOfAnAppOrJob_printsItsLines() {
        answers.put("/api/v1/apps/blog/log?run=prune", "{\"app\":\"blog\",\"lines\":[\"one\"]}");
        answers.put("/api/v1/jobs/import/log", "{\"job\":\"import\",\"lines\":[\"two\"]}");

        assertThat(run("logs", "blog", "prune").out()).isEqualTo("one\n");
        assertThat(run("logs", "job/import").out()).isEqualTo("two\n");
        assertThat(run("logs", "job/import", "x").exit()).isEqualTo(Verb.Exit.MISUSED);
        answers.put("/api/v1/jobs/shop.prune/log", "{\"job\":\"shop.prune\",\"lines\":[\"3\"]}");
        assertThat(run("logs", "job/shop.prune").out()).isEqualTo("3\n");
        answers.put("/api/v1/apps/shop.pr-12/log", "{\"app\":\"shop.pr-12\",\"lines\":[\"4\"]}");
        assertThat(run("logs", "shop.pr-12").out()).isEqualTo("4\n");
        assertThat(run("logs", "shop..prune").exit()).isEqualTo(Verb.Exit.MISUSED);
    }

    @Test
    void logs_unknownApp_givesTheAnswersDetail() {
        Run run = run("logs", "x");

        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
        assertThat(run.err()).isEqualTo("berth: There is no app x\n");
    }

    @Test
    void main_noOrUnknownVerb_listsTheVerbs() {
        assertThat(run().exit()).isEqualTo(Verb.Exit.MISUSED);
        assertThat(run("deploy").err())
                .contains("there is no verb deploy")
                .contains("berth validate DIR")
                .contains("berth status [--json]");
    }

    private Run run(String... arguments) {
        String port = String.valueOf(server.getAddress().getPort());
        return Run.of(Map.of("BERTH_CONTROL_PORT", port), arguments);
    }

    private static String listing(ResourceStatus resource, @Nullable String next) {
        Map<String, Object> page = new HashMap<>();
        page.put("asOf", "2026-11-21T09:00:00Z");
        page.put("revision", "main@sha1:abc");
        page.put("problems", List.of());
        page.put("items", List.of(resource));
        page.put("next", next);
        return Json.write(page);
    }

    private static PreviewStatus preview(int number, State state, @Nullable String message) {
        PreviewId id = PreviewId.ofPull("blog", number);
        return new PreviewStatus(
                id.parent(),
                id.id(),
                number,
                "branch",
                "https://example.com/blog",
                "a title",
                null,
                "ada",
                "c0ffee00".repeat(5),
                null,
                null,
                state,
                null,
                message,
                state == State.Serving ? "http://pr-%d-x.localhost".formatted(number) : null,
                Instant.EPOCH,
                null);
    }

    private static ResourceStatus resource(String id, boolean ready, String message) {
        return resource(
                id,
                condition(ConditionType.Ready, ready, message),
                condition(ConditionType.Stalled, !ready, message));
    }

    private static ResourceStatus resource(String id, Condition... conditions) {
        return new StatusOf(ResourceId.parse(id))
                .generation("g")
                .declaredAt("a.yaml:1:1")
                .revision("main@sha1:abc")
                .conditions(conditions)
                .urls("http://x.localhost")
                .replicas(Map.of("web", new ResourceStatus.Replicas(2, 1)))
                .make();
    }

    private static Condition condition(ConditionType type, boolean is, String message) {
        return new Condition(
                type,
                is ? Condition.Status.True : Condition.Status.False,
                is ? ReasonCode.Succeeded : ReasonCode.StartFailed,
                message,
                "g",
                Instant.EPOCH);
    }
}

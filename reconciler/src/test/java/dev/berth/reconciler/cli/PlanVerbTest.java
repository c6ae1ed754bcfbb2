package dev.berth.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.berth.reconciler.source.ScratchRepo;
import dev.berth.schemas.Json;
import dev.berth.schemas.status.PlanReport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plan} of files and of commits, beside an engine that has nothing. */
final class PlanVerbTest {
    @TempDir Path directory = Path.of("");
    private ScratchRepo repo;
    private HttpServer engine;

    @BeforeEach
    void start() throws IOException {
        repo = new ScratchRepo(directory);
        repo.push(
                Map.of(
                        "berth.yaml",
                        document("Instance", "home", "{domain: localhost}"),
                        "shop.yaml",
                        document("App", "shop", "{image: 'shop:1', port: 80}")));
        engine = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        engine.createContext(
                "/",
                exchange -> {
                    boolean volumes = exchange.getRequestURI().getPath().endsWith("/volumes");
                    byte[] none =
                            (volumes ? "{\"Volumes\": []}" : "[]").getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, none.length);
                    exchange.getResponseBody().write(none);
                    exchange.close();
                });
        engine.start();
    }

    @AfterEach
    void stop() {
        engine.stop(0);
    }

    private static String document(String kind, String name, String spec) {
        return "apiVersion: berth/v1\nkind: %s\nmetadata: {name: %s}\nspec: %s\n"
                .formatted(kind, name, spec);
    }

    private Run plan(String... arguments) {
        List<String> all = new ArrayList<>(List.of("plan"));
        all.addAll(List.of(arguments));
        return Run.of(
                Map.of(
                        "BERTH_HOME",
                        directory.resolve("home").toString(),
                        "BERTH_CONFIG",
                        repo.url().shown(),
                        "DOCKER_HOST",
                        "tcp://127.0.0.1:" + engine.getAddress().getPort()),
                all.toArray(String[]::new));
    }

    private String propose(String path, String content) {
        repo.git("checkout", "-q", "-b", "next");
        repo.write(path, content);
        repo.git("add", "-A");
        repo.git("commit", "-q", "-m", "next");
        repo.git("push", "-q", "origin", "next", "HEAD:refs/pull/3/head");
        String head = repo.head();
        repo.git("checkout", "-q", "main");
        return head;
    }

    @Test
    void plan_directory_printsThePlanOfItsFiles() {
        Run run = plan(repo.work().toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Plan for these files: ").contains("+ start release");
        assertThat(run.exit()).isEqualTo(Verb.Exit.OK);
    }

    @Test
    void plan_pullRequestBranchOrCommit_printsWhatItWouldChangeAndNothingElse() {
        String head = propose("blog.yaml", document("App", "blog", "{image: 'blog:1', port: 80}"));

        for (String name : List.of("pull/3", head.substring(0, 8))) {
            Run run = plan(name);
            assertThat(run.err()).isEmpty();
            assertThat(run.out())
                    .startsWith("%s is commit %.12s\n".formatted(name, head))
                    .contains("Plan for %s@sha1:%s: 1 resource to change".formatted(name, head))
                    .contains("app/blog\n", "under way with or without it: app/shop");
            assertThat(run.exit()).isEqualTo(Verb.Exit.OK);
        }
    }

    @Test
    void plan_followedBranch_printsAllOfIt() {
        assertThat(plan("main").out()).contains("app/shop\n").doesNotContain("under way");
    }

    @Test
    void plan_asJson_hasEachChange() {
        propose("blog.yaml", document("App", "blog", "{image: 'blog:1', port: 80}"));

        PlanReport report = Json.read(plan("next", "--json").out(), PlanReport.class);

        assertThat(report.revision()).startsWith("next@sha1:");
        assertThat(report.changes())
                .allSatisfy(change -> assertThat(change.reasons()).isNotEmpty())
                .extracting(change -> change.resource().toString())
                .containsOnly("app/blog");
    }

    @Test
    void plan_mistakeInIt_printsItAndFails() {
        propose("blog.yaml", document("App", "blog", "{image: 'blog:1', prot: 80}"));

        Run run = plan("next");

        assertThat(run.out()).contains("blog.yaml:4:25 spec.prot: ");
        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
    }

    @Test
    void plan_nothingOfThatName_saysSo() {
        Run run = plan("pull/99");

        assertThat(run.err()).contains("can't plan: pull/99 of ").contains("has no branch, tag");
        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
    }

    @Test
    void plan_pullRequestOfNoBranch_isCheckedUnlessTrusted() {
        propose("blog.yaml", document("App", "blog", "{image: 'blog:1', port: 80}"));
        repo.git("push", "-q", "origin", ":next");

        assertThat(plan("pull/3").out())
                .contains("documents that come: app/blog", "--trust plans it")
                .doesNotContain("+ start release");
        assertThat(plan("pull/3", "--trust").out()).contains("+ start release");
    }

    @Test
    void plan_asMarkdown_isTheComment() {
        propose("blog.yaml", document("App", "blog", "{image: 'blog:1', port: 80}"));

        assertThat(plan("pull/3", "--markdown").out())
                .startsWith("### Plan: 1 to create\n")
                .contains("`./berth plan pull/3`");
    }

    @Test
    void plan_noOrManyNames_isMisused() {
        assertThat(plan().exit()).isEqualTo(Verb.Exit.MISUSED);
        assertThat(plan("a", "b").exit()).isEqualTo(Verb.Exit.MISUSED);
        assertThat(plan("--all").exit()).isEqualTo(Verb.Exit.MISUSED);
    }
}

package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Right documents: what they come to. */
final class DesiredStateLoaderTest {
    private final Repo repo = Repo.withInstance();

    @Test
    void load_imageApp_hasEveryDefault() {
        repo.file("a.yaml", Repo.app("shop", "{image: acme/shop:1, port: 3000}"));
        DesiredState.Known state = repo.known();

        assertThat(state.problems()).isEmpty();
        assertThat(state.instance()).isEqualTo("home");
        assertThat(state.held()).isEmpty();
        assertThat(state.pruneHold()).isNull();
        DesiredApp app = repo.app("shop");
        assertThat(app.suspended()).isFalse();
        assertThat(app.strategy()).isEqualTo(App.Strategy.BLUEGREEN);
        assertThat(app.drain()).isEqualTo(Duration.ofSeconds(30));
        Workload.Containers containers = (Workload.Containers) app.workload();
        assertThat(containers.image()).isEqualTo(new ImageSource.Prebuilt("acme/shop:1"));
        DesiredProcess web = process(app, "web");
        assertThat(web.replicas()).isEqualTo(1);
        assertThat(web.readiness())
                .isEqualTo(
                        new Readiness(
                                new Readiness.Automatic(),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(120)));
        assertThat(web.template().env())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "PORT", "3000",
                                "HOST", "0.0.0.0",
                                "BERTH_APP", "shop",
                                "BERTH_URL", "http://shop.localhost"));
        assertThat(web.template().published()).isNull();
        assertThat(state.routes())
                .extracting(DesiredRoute::host, DesiredRoute::path, DesiredRoute::destination)
                .containsExactly(
                        tuple(
                                "shop.localhost",
                                "/",
                                new DesiredRoute.ToApp(ResourceId.app("shop"), "web")));
    }

    @Test
    void load_everyField_arrives() {
        repo.file(
                "a.yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop, labels: {team: web}, annotations: {note: 1}}
                spec:
                  image: acme/shop:1
                  processes:
                    web: {port: 80, replicas: 2, command: [serve, --fast]}
                    worker: {command: work | tee log}
                  healthcheck: {path: /healthz, interval: 500ms, timeout: 2s, deadline: 5m}
                  rollout: {strategy: recreate, drain: 1m}
                  resources: {memory: 512Mi, cpus: 0.5}
                  capabilities: [SETUID, NET_BIND_SERVICE, CHOWN, CHOWN]
                  env: {PORT: 81, DEBUG: true, RATIO: 1.50, ZIP: 01234, EMPTY: ""}
                  volumes: [{name: data, path: /var//data/}]
                  domains: [b.example.com, a.example.com]
                  suspend: true
                  restartedAt: 2026-11-21T09:00:00+01:00
                """);
        DesiredApp app = repo.app("shop");

        assertThat(app.suspended()).isTrue();
        assertThat(app.strategy()).isEqualTo(App.Strategy.RECREATE);
        assertThat(app.drain()).isEqualTo(Duration.ofMinutes(1));
        DesiredProcess web = process(app, "web");
        assertThat(web.replicas()).isEqualTo(2);
        assertThat(web.readiness().check()).isEqualTo(new Readiness.Http("/healthz"));
        assertThat(web.readiness().interval()).isEqualTo(Duration.ofMillis(500));
        ContainerTemplate template = web.template();
        assertThat(template.command()).containsExactly("serve", "--fast");
        assertThat(template.port()).isEqualTo(80);
        assertThat(template.memoryBytes()).isEqualTo(512L << 20);
        assertThat(template.cpuMillis()).isEqualTo(500);
        assertThat(template.capabilities())
                .containsExactly(
                        App.Capability.CHOWN,
                        App.Capability.NET_BIND_SERVICE,
                        App.Capability.SETUID);
        assertThat(template.mounts())
                .containsExactly(Map.entry("/var/data", "berth_home_shop_data"));
        assertThat(template.restartedAt()).isEqualTo("2026-11-21T08:00:00Z");
        assertThat(template.env())
                .containsEntry("PORT", "81")
                .containsEntry("DEBUG", "true")
                .containsEntry("RATIO", "1.50")
                .containsEntry("ZIP", "01234")
                .containsEntry("EMPTY", "")
                .containsEntry("BERTH_URL", "http://b.example.com");
        DesiredProcess worker = process(app, "worker");
        assertThat(worker.template().capabilities()).isEqualTo(template.capabilities());
        assertThat(worker.template().command()).containsExactly("/bin/sh", "-c", "work | tee log");
        assertThat(worker.template().port()).isNull();
        assertThat(worker.readiness().check()).isEqualTo(new Readiness.Automatic());
    }

    @Test
    void load_protocol_isTheTemplatesAndAsksOnlyThePort() {
        repo.file(
                "a.yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop}
                spec:
                  image: acme/shop:1
                  processes:
                    web: {port: 80}
                    rpc: {port: 81, protocol: h2c}
                """);
        DesiredApp app = repo.app("shop");

        assertThat(process(app, "web").template().protocol()).isNull();
        DesiredProcess rpc = process(app, "rpc");
        assertThat(rpc.template().protocol()).isEqualTo(Backend.Protocol.H2c);
        assertThat(rpc.readiness().check()).isEqualTo(new Readiness.Tcp());
        repo.file(
                "a.yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop}
                spec: {image: acme/shop:1, port: 80, protocol: h2c}
                """);
        assertThat(process(repo.app("shop"), "web").template().protocol())
                .isEqualTo(Backend.Protocol.H2c);
    }

    @Test
    void load_sourceInThisRepo_isPinnedByContent() {
        repo.file("web/Dockerfile", "FROM x").file("web/a.js", "1");
        repo.file("a.yaml", Repo.app("shop", "{source: {path: ./web/}, build: {args: {A: 1}}}"));
        ImageSource.Built first = built(repo.app("shop"));

        assertThat(first.reference()).matches("berth/shop:[0-9a-f]{12}");
        assertThat(first.pin().path()).isEqualTo("web");
        assertThat(first.recipe()).isEqualTo(new Recipe.Own("Dockerfile"));
        assertThat(first.args()).containsExactly(Map.entry("A", "1"));

        repo.file("README.md", "unrelated");
        DesiredApp unrelated = repo.app("shop");
        assertThat(built(unrelated).reference()).isEqualTo(first.reference());

        repo.file("web/a.js", "2");
        DesiredApp changed = repo.app("shop");
        assertThat(built(changed).reference()).isNotEqualTo(first.reference());
        assertThat(changed.generation()).isNotEqualTo(unrelated.generation());
    }

    @Test
    void load_unrelatedCommit_changesNoGeneration() {
        repo.file("a.yaml", Repo.app("shop", "{image: x, port: 1}"));
        repo.file("site/index.html", "hi");
        repo.file("b.yaml", Repo.app("docs", "{static: {path: site}}"));
        SortedMap<ResourceId, DesiredApp> before = repo.known().apps();
        repo.file("README.md", "new");
        repo.file("a.yaml", "# moved down\n\n" + Repo.app("shop", "{port: 1,   image: x}"));
        SortedMap<ResourceId, DesiredApp> after = repo.known().apps();

        assertThat(after.values())
                .extracting(DesiredApp::generation)
                .containsExactlyElementsOf(
                        before.values().stream().map(DesiredApp::generation).toList());
    }

    @Test
    void load_eachEffectiveField_changesTheGeneration() {
        List<String> specs =
                List.of(
                        "{image: x, port: 1}",
                        "{image: y, port: 1}",
                        "{image: x, port: 2}",
                        "{image: x, port: 1, replicas: 2}",
                        "{image: x, port: 1, command: a}",
                        "{image: x, port: 1, env: {A: b}}",
                        "{image: x, port: 1, suspend: true}",
                        "{image: x, port: 1, healthcheck: {tcp: true}}",
                        "{image: x, port: 1, healthcheck: {path: /}}",
                        "{image: x, port: 1, healthcheck: {command: a}}",
                        "{image: x, port: 1, healthcheck: {interval: 2s}}",
                        "{image: x, port: 1, rollout: {drain: 1s}}",
                        "{image: x, port: 1, rollout: {strategy: recreate}}",
                        "{image: x, port: 1, resources: {memory: 64Mi}}",
                        "{image: x, port: 1, capabilities: [CHOWN]}",
                        "{image: x, port: 1, volumes: [{name: a, path: /a}]}",
                        "{image: x, port: 1, domains: [a.b]}",
                        "{image: x, port: 1, restartedAt: 2026-11-21T09:00:00Z}",
                        "{image: x, processes: {worker: {}}}");
        List<SpecHash> generations =
                specs.stream()
                        .map(spec -> repo.file("a.yaml", Repo.app("shop", spec)).app("shop"))
                        .map(DesiredApp::generation)
                        .toList();

        assertThat(generations).doesNotHaveDuplicates();
    }

    @Test
    void load_staticApp_servesADirectory() {
        repo.file("site/index.html", "hi");
        repo.file("a.yaml", Repo.app("docs", "{static: {path: site, spa: true}}"));
        DesiredApp app = repo.app("docs");

        Workload.Files files = (Workload.Files) app.workload();
        assertThat(files.spa()).isTrue();
        assertThat(files.pin().path()).isEqualTo("site");
        assertThat(repo.known().routes()).extracting(DesiredRoute::host).contains("docs.localhost");
    }

    @Test
    void load_worker_hasNoRoute() {
        repo.file("a.yaml", Repo.app("work", "{image: x}"));
        DesiredState.Known state = repo.known();

        assertThat(state.routes()).isEmpty();
        assertThat(process(repo.app("work"), "web").template().env())
                .doesNotContainKeys("PORT", "BERTH_URL");
    }

    @Test
    void load_domains_leadToProcessesAndHosts() {
        repo.file(
                "a.yaml",
                Repo.app("shop", "{image: x, processes: {web: {port: 1}, api: {port: 2}}}"));
        repo.file(
                "d.yaml",
                Repo.domain(
                                "api",
                                "{host: x.y, routes: [{app: shop}, {path: /api/, app: shop,"
                                        + " process: api}]}")
                        + "---\n"
                        + Repo.domain("www", "{host: www.x.y, redirectTo: x.y}"));
        ResourceId shop = ResourceId.app("shop");
        assertThat(repo.known().routes())
                .extracting(r -> r.host() + r.path(), DesiredRoute::destination)
                .containsExactly(
                        tuple("shop.localhost/", new DesiredRoute.ToApp(shop, "web")),
                        tuple("www.x.y/", new DesiredRoute.ToHost("x.y")),
                        tuple("x.y/", new DesiredRoute.ToApp(shop, "web")),
                        tuple("x.y/api", new DesiredRoute.ToApp(shop, "api")));
    }

    @Test
    void load_reachLoopback_publishesOnlyPorts() {
        repo.file(
                "berth.yaml",
                Repo.INSTANCE.replace("spec: {}", "spec: {engine: {reach: loopback}}"));
        repo.file("a.yaml", Repo.app("shop", "{image: x, processes: {web: {port: 1}, w: {}}}"));
        DesiredApp app = repo.app("shop");

        assertThat(process(app, "web").template().published()).isTrue();
        assertThat(process(app, "w").template().published()).isNull();
    }

    @Test
    void load_mergeKeysAndAnchors_work() {
        repo.file(
                "a.yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop}
                x-common: &common {LOG: info, MODE: a}
                spec:
                  image: x
                  env:
                    <<: *common
                    MODE: b
                """);
        ContainerTemplate template = process(repo.app("shop"), "web").template();

        assertThat(template.env()).containsEntry("LOG", "info").containsEntry("MODE", "b");
    }

    private static DesiredProcess process(DesiredApp app, String name) {
        return Objects.requireNonNull(
                ((Workload.Containers) app.workload()).processes().get(name), name);
    }

    private static ImageSource.Built built(DesiredApp app) {
        return (ImageSource.Built) ((Workload.Containers) app.workload()).image();
    }
}

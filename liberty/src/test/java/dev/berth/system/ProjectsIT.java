package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import dev.berth.reconciler.engine.DockerEngine;
import dev.berth.reconciler.engine.RealEngine;
import dev.berth.reconciler.live.ContainerId;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * Real projects without a Dockerfile, all in one push: each is built as what its files say that it
 * is, with packages from the registries, and served.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProjectsIT {
    /** Where the code of an app lies below {@code code/}, by the app. */
    private static final SortedMap<String, String> CODE =
            new TreeMap<>(
                    Map.of(
                            "next", "next",
                            "vite", "vite",
                            "astro", "astro",
                            "express", "express",
                            "nest", "nest",
                            "pnpm", "pnpm/apps/api",
                            "python", "python",
                            "go", "go",
                            "java", "java"));

    private static final Set<String> FILES = Set.of("vite", "astro");

    /** The Go that Debian has, which is not the newest that Berth knows. */
    private static final String IMAGES =
            """
            {"languages": {"go": {"lines": ["1.23"], "build": "golang:{line}-bookworm",
                                  "run": "debian:bookworm-slim"}}}
            """;

    /**
     * Two minutes on two processors where nothing else is done, seven beside three other builds.
     */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private static final long MANY_FILES = 2653;

    /** What was said of those that were not built. */
    private static final SortedMap<String, String> FAILED = new TreeMap<>();

    @TempDir static Path directory;
    private static Berth berth = new Berth();
    private static String commit = "none";

    @BeforeAll
    static void push_manyAtOnce_allAreServed() throws Exception {
        RealEngine.provide("python:3.11", "golang:1.23", "maven:3-eclipse-temurin-25");
        berth = new Berth(directory);
        Path projects = RealEngine.root().resolve("liberty/src/test/projects");
        try (Stream<Path> files = Files.walk(projects)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                berth.write("code/" + projects.relativize(file), Files.readAllBytes(file));
            }
        }
        CODE.forEach(ProjectsIT::declare);
        Files.createDirectories(berth.home.resolve("builds"));
        Files.writeString(berth.home.resolve("builds/images.json"), IMAGES);
        // else its home would be taken for a directory of somebody else
        Files.createFile(berth.home.resolve(".berth-home"));
        berth.push("all projects").up();
        commit = head();
        berth.await("all projects to be served", PATIENCE, () -> notServed().isEmpty());
        assertThat(FAILED).isEmpty();
    }

    @AfterAll
    static void down() {
        berth.close();
        berth.containers.removeImagesOf(commit);
    }

    private static String head() {
        return Berth.git(berth.clone, "rev-parse", "HEAD").strip();
    }

    private static void declare(String app, String path) {
        berth.write(
                        "apps/%s.yaml".formatted(app),
                        """
                        apiVersion: berth/v1
                        kind: App
                        metadata: {name: %s}
                        spec: {source: {path: code/%s}}
                        """
                                .formatted(app, path))
                // what was built is not built again, on this engine in an earlier run neither
                .write("code/%s/.of-this-run".formatted(path), berth.instance);
    }

    /** Those that are waited for: one that has failed is not. */
    private static Set<String> notServed() throws Exception {
        Set<String> missing = new TreeSet<>();
        for (String app : CODE.keySet()) {
            JsonNode ready = berth.condition("app/" + app, "Ready");
            String message = ready.path("message").asString();
            boolean failed = ready.path("reason").asString().equals("BuildFailed");
            if (failed && !message.contains("the build can't reach")) { // tried again by Berth
                FAILED.put(app, message);
            } else if (!ready.path("status").asString().equals("True")) {
                missing.add(app);
            }
        }
        return missing;
    }

    @ParameterizedTest
    @Order(1)
    @CsvSource({
        "next, Next.js (standalone), /api/tide, '\"tide\":\"high\"'",
        "express, Express, /, the ferry sails",
        "nest, NestJS, /courses/home, '\"degrees\":40'",
        "pnpm, Node.js server, /, ahoy fleet",
        "python, Python, /, '\"uid\": 1000'",
        "go, Go, /, 'two flashes in ten seconds, as user 1000'",
        "java, Java, /, the anchor holds",
    })
    void server_askedAtItsHost_answers(String app, String recognised, String path, String answer)
            throws Exception {
        JsonNode build = berth.api("apps/%s/build".formatted(app));

        assertThat(build.path("recognisedAs").asString()).isEqualTo(recognised);
        assertThat(berth.get(app + ".localhost", path).body()).contains(answer);
        assertThat(berth.containers.of(app)).hasSize(1);
    }

    @Test
    @Order(1)
    void nextStandalone_everythingThatThePageNames_isServedWithItsType() throws Exception {
        SortedMap<String, String> assets = PageAssets.of(berth, "next", "/");

        assertThat(assets.keySet())
                .contains("/late", "/icons/7.svg", "/icons/2999.svg")
                .anyMatch(path -> path.matches("/_next/image\\?url=.*boat.*"))
                .anyMatch(path -> path.matches("/_next/static/.*\\.css"))
                .anyMatch(path -> path.matches("/_next/static/media/wave.*\\.svg"));
        assertThat(assets.keySet().stream().filter(path -> path.endsWith(".js")).count())
                .isGreaterThan(3);
    }

    @Test
    @Order(1)
    void nextStandalone_thousandsOfFiles_areInItsImageAndAllReadOfIt() throws Exception {
        Container container = berth.containers.of("next").getFirst();
        String counted =
                berth.containers.exec(
                        container,
                        "sh",
                        "-c",
                        // the server writes there
                        "find /app -path /app/.next/cache -prune -o -type f -print | wc -l");

        assertThat(filesOf(container.getId()))
                .isEqualTo(Long.parseLong(counted.strip()))
                .isGreaterThan(MANY_FILES);
    }

    /** As Berth itself reads files of containers. */
    private static long filesOf(String container) throws Exception {
        Path read = directory.resolve("read.tar");
        try (DockerEngine engine =
                        new DockerEngine(RealEngine.dockerHost(), null, InstantSource.system());
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(read))) {
            engine.readFiles(new ContainerId(container), "/app", PATIENCE, out);
        }
        long files = 0;
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(read)))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                boolean written = entry.getName().startsWith(".next/cache/");
                files += entry.isFile() && !entry.isSymbolicLink() && !written ? 1 : 0;
            }
        }
        return files;
    }

    @Test
    @Order(1)
    void vite_everythingThatThePageNames_isServedWithoutAContainer() throws Exception {
        SortedMap<String, String> assets = PageAssets.of(berth, "vite", "/");

        assertThat(assets.keySet())
                .contains("/wave.svg")
                .anyMatch(path -> path.matches("/assets/index-.*\\.css"))
                .anyMatch(path -> path.matches("/assets/boat-.*\\.png"))
                .anyMatch(path -> path.matches("/assets/late-.*\\.js"));
        assertThat(berth.get("vite.localhost", "/any/place").body()).contains("<h1>Jetty</h1>");
        assertThat(berth.containers.of("vite")).isEmpty();
    }

    @Test
    @Order(1)
    void astro_everythingThatThePageNames_isServedWithoutAContainer() throws Exception {
        SortedMap<String, String> assets = PageAssets.of(berth, "astro", "/");

        assertThat(assets.keySet())
                .contains("/wave.svg", "/crew/")
                .anyMatch(path -> path.matches("/_astro/.*\\.css"));
        assertThat(berth.get("astro.localhost", "/").body()).contains("Begun 1970-01-01");
        assertThat(berth.get("astro.localhost", "/log.json").body()).isEqualTo("{\"entries\":0}");
        assertThat(berth.get("astro.localhost", "/none").statusCode()).isEqualTo(404);
        assertThat(berth.containers.of("astro")).isEmpty();
    }

    @Test
    @Order(2)
    void push_nothingOfTheCodeChanged_buildsAndStartsNothing() {
        Set<String> containers = berth.containers.ids();
        assertThat(berth.containers.imagesOf(commit)).hasSize(CODE.size());

        berth.write("README.md", "all projects").push("words only").awaitSeen();

        assertThat(berth.containers.imagesOf(head())).isEmpty();
        assertThat(berth.containers.ids()).isEqualTo(containers);
    }

    @Test
    @Order(3)
    void term_everyServer_endsByItselfWithinTheGrace() throws Exception {
        // else it would start again what ends
        berth.down();
        List<Container> servers = berth.containers.all();
        assertThat(servers).extracting(Container::getState).containsOnly("running");
        List<Callable<String>> stops =
                servers.stream().<Callable<String>>map(c -> () -> stop(c)).toList();
        assertThat(stops).hasSize(CODE.size() - FILES.size());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> ended : threads.invokeAll(stops)) {
                assertThat(ended.get()).doesNotContain("137");
            }
        }
    }

    /** The app and its exit code: 137 is that of one that had to be killed. */
    private static String stop(Container container) {
        berth.containers.docker().stopContainerCmd(container.getId()).withTimeout(10).exec();
        return container.getLabels().get("dev.berth.name")
                + " "
                + berth.containers.inspect(container).getState().getExitCodeLong();
    }
}

package dev.berth.system;

import dev.berth.reconciler.engine.RealEngine;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One Berth under test: a home of its own, a config repo of its own with a clone to work in, ports
 * of its own, and an instance name of its own on the shared engine.
 */
final class Berth implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Some at a time on two processors start within a minute, and more than that when others work.
     */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(3);

    final String instance;
    final Path home;
    final Path repo;
    final Path clone;
    final int http = freePort();
    final int https = freePort();
    final int control = freePort();
    final Containers containers;
    private final String engine;
    private final Map<String, String> environment = new HashMap<>();
    private String config;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    Berth(Path directory) {
        this(
                "t" + HexFormat.of().toHexDigits(RandomGenerator.getDefault().nextInt()),
                directory,
                directory.resolve("config.git"));
        git(directory, "init", "-q", "--bare", "--initial-branch=main", repo.toString());
        git(directory, "clone", "-q", repo.toString(), clone.toString());
        git(clone, "checkout", "-q", "-B", "main");
        settings("");
    }

    private Berth(String instance, Path directory, Path repo) {
        this.instance = instance;
        this.repo = repo;
        engine = RealEngine.dockerHost();
        containers = new Containers(engine, instance);
        config = repo.toString();
        home = directory.resolve("home");
        clone = directory.resolve("clone");
    }

    /** One that makes its config repo from the example by itself, as for a newcomer. */
    static Berth ofANewcomer(Path directory) {
        return new Berth("home", directory, directory.resolve("home/config.git"));
    }

    /** Another Berth for the same instance, repo and engine: with a home of its own, not up yet. */
    Berth spare(Path directory) {
        Berth spare = new Berth(instance, directory, repo);
        git(directory, "clone", "-q", repo.toString(), spare.clone.toString());
        return spare;
    }

    /** Stands for a Berth that is not there yet. */
    Berth() {
        instance = "nobody";
        engine = "";
        home = Path.of("");
        repo = home;
        config = "";
        clone = home;
        containers = new Containers("unix:///nowhere", "nobody");
    }

    /** What a disk that died leaves: nothing of the home. */
    void loseHome() {
        Shell.must(clone, Map.of(), PATIENCE, "rm", "-rf", home.toString());
    }

    // ---- config -------------------------------------------------------------------------------

    /** Writes the document of the instance. */
    Berth settings(String more) {
        return write(
                "berth.yaml",
                """
                apiVersion: berth/v1
                kind: Instance
                metadata: {name: %s}
                spec: {domain: localhost%s}
                """
                        .formatted(instance, more.isEmpty() ? "" : ", " + more));
    }

    Berth write(String file, String text) {
        return write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    Berth write(String file, byte[] bytes) {
        try {
            Path path = clone.resolve(file);
            Files.createDirectories(path.getParent());
            Files.write(path, bytes);
            return this;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    Berth delete(String file) {
        try {
            Files.delete(clone.resolve(file));
            return this;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Commits all and pushes. */
    Berth push(String message) {
        git(clone, "add", "-A");
        git(clone, "commit", "-q", "--allow-empty", "-m", message);
        git(clone, "push", "-q", "origin", "HEAD:main");
        return this;
    }

    static String git(Path directory, String... arguments) {
        String[] command = new String[arguments.length + 5];
        command[0] = "git";
        command[1] = "-c";
        command[2] = "user.name=Test";
        command[3] = "-c";
        command[4] = "user.email=test@example.com";
        System.arraycopy(arguments, 0, command, 5, arguments.length);
        return Shell.must(directory, Map.of(), PATIENCE, command);
    }

    // ---- processes ----------------------------------------------------------------------------

    /** Runs the launcher with this Berth's home. */
    Shell.Result launcher(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "./berth";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Shell.run(RealEngine.root(), environment(), Duration.ofMinutes(5), command);
    }

    /** Runs a verb of the launcher that must succeed, and gives its output. */
    String must(String... arguments) {
        Shell.Result result = launcher(arguments);
        if (result.exit() != 0) {
            throw new AssertionError(
                    "./berth %s ended with %d:%n%s"
                            .formatted(
                                    String.join(" ", arguments), result.exit(), result.output()));
        }
        return result.output();
    }

    /** What the launcher finds in its environment beside the home and the engine. */
    Berth with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Reads its config repo from a server. */
    Berth withConfigAt(String url) {
        config = url;
        return this;
    }

    private Map<String, String> environment() {
        Map<String, String> env = new HashMap<>(environment);
        env.put("BERTH_HOME", home.toString());
        env.put("DOCKER_HOST", engine);
        return env;
    }

    Berth up() {
        List<String> words = new ArrayList<>(List.of("up", "--detach"));
        words.addAll(List.of("--http", Integer.toString(http)));
        words.addAll(List.of("--https", Integer.toString(https)));
        words.addAll(List.of("--control", Integer.toString(control)));
        if (!repo.startsWith(home)) {
            words.addAll(List.of("--config", config));
        }
        must(words.toArray(String[]::new));
        return this;
    }

    void down() {
        launcher("down");
    }

    /** The running process of that name: control, edge, postgres. */
    long pid(String name) {
        try {
            String text = Files.readString(home.resolve("run").resolve(name + ".pid"));
            return Long.parseLong(text.strip().split("\\s+", 2)[0]);
        } catch (IOException e) {
            throw new IllegalStateException("no pid of " + name, e);
        }
    }

    /** False between the end of a process and its next beginning. */
    boolean runs(String name) {
        return Files.exists(home.resolve("run").resolve(name + ".pid"))
                && ProcessHandle.of(pid(name)).isPresent();
    }

    /** kill -9. */
    void kill(String name) {
        long pid = pid(name);
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Awaitility.await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
    }

    // ---- what is served -----------------------------------------------------------------------

    /**
     * Asks as a program does.
     *
     * @param fields more of them: name, value, name, value
     */
    HttpResponse<String> get(String host, String path, String... fields)
            throws IOException, InterruptedException {
        return send(to(host, path, fields));
    }

    HttpResponse<String> post(String host, String path, String body)
            throws IOException, InterruptedException {
        return send(to(host, path).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder to(String host, String path, String... fields) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + path))
                        .header("Host", host)
                        .timeout(PATIENCE);
        return fields.length == 0 ? request : request.headers(fields);
    }

    private HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    void awaitBody(String app, String path, String expected) {
        await(
                app + path + " to answer with " + expected,
                () -> get(app + ".localhost", path).body().contains(expected));
    }

    /** Waits; in vain, it tells what can be seen of it from outside. */
    void await(String what, Callable<Boolean> condition) {
        await(what, LONGEST_WAIT, condition);
    }

    /** Likewise, for what takes its time. */
    void await(String what, Duration patience, Callable<Boolean> condition) {
        try {
            Awaitility.await(what)
                    .atMost(patience)
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(e.getMessage() + "\n" + new Aftermath(this).text(), e);
        }
    }

    // ---- what control says --------------------------------------------------------------------

    JsonNode api(String path) throws IOException, InterruptedException {
        return JSON.readTree(askControl("/api/v1/" + path));
    }

    /** A metric without labels. */
    String metric(String name) throws IOException, InterruptedException {
        return askControl("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    /** A page for people. */
    String page(String path) throws IOException, InterruptedException {
        return askControl(path);
    }

    /** A page as something else than a browser takes. */
    String page(String path, String accept) throws IOException, InterruptedException {
        return askControl(path, "Accept", accept);
    }

    private String askControl(String path, String... fields)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + control + path));
        if (fields.length > 0) {
            request.headers(fields);
        }
        return client.send(
                        request.timeout(Duration.ofSeconds(20)).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** A condition of a resource; a missing node when it has none. */
    JsonNode condition(String resource, String type) throws IOException, InterruptedException {
        for (JsonNode condition : api("resources/" + resource).path("conditions")) {
            if (condition.path("type").asString().equals(type)) {
                return condition;
            }
        }
        return JSON.missingNode();
    }

    void awaitCondition(String resource, String type, String status) {
        await(
                "%s %s=%s".formatted(resource, type, status),
                () -> condition(resource, type).path("status").asString().equals(status));
    }

    /** Waits until a pass has read the newest commit. */
    void awaitSeen() {
        String head = git(clone, "rev-parse", "HEAD").strip();
        await("a pass over " + head, () -> api("passes").toString().contains(head));
    }

    @Override
    public void close() {
        launcher("down");
        containers.removeAll();
        Shell.must(clone, Map.of(), PATIENCE, "rm", "-rf", postgresElsewhere());
    }

    /** Where the launcher has the database of a home that PostgreSQL's user cannot reach. */
    private String postgresElsewhere() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(home.toString().getBytes(StandardCharsets.UTF_8));
            return "/var/lib/berth-postgres/" + HexFormat.of().formatHex(hash).substring(0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Where control reads its classes from: no other Berth of the same build may. */
    Path unpacked() {
        return home.resolve("cache/control");
    }

    /** How its own database is reached: variables of the launcher by name. */
    Map<String, String> database() {
        try (Stream<String> lines = Files.lines(home.resolve("run/postgres.env"))) {
            return lines.map(line -> line.split("=", 2))
                    .collect(Collectors.toMap(words -> words[0], words -> words[1]));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The data directory of the running PostgreSQL. */
    Path postgresData() throws IOException {
        return Path.of("/proc/" + pid("postgres") + "/cwd").toRealPath();
    }

    /**
     * One that nobody listens on. Not of those that the system gives to connections: it may be
     * listened on a while later only, and other tests run at the same time.
     */
    static int freePort() {
        while (true) {
            int port = RandomGenerator.getDefault().nextInt(20_000, 32_768);
            try (ServerSocket socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // taken: another
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}

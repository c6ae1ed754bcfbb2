package dev.berth.system;

import dev.berth.bench.Row;
import dev.berth.reconciler.engine.RealEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * From {@code ./berth up} with the example to its first page served, on an engine that runs and has
 * the base images.
 *
 * <p>Arguments: the clone whose launcher is run, an empty directory to work in, {@code built} or
 * {@code clean}: whether that clone was built before; a clean one is started once, a built one
 * {@value #TIMES} times with an empty home and as often with the home and containers of the time
 * before.
 */
final class StartBenchmark {
    private static final int TIMES = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final List<String> APPS = List.of("hello", "clock", "guestbook");

    private final String instance =
            "b" + HexFormat.of().toHexDigits(RandomGenerator.getDefault().nextInt());
    private final Path clone;
    private final Path directory;
    private final String engine = RealEngine.dockerHost();
    private final Containers containers = new Containers(engine, instance);
    private Path home;
    private boolean up;

    private StartBenchmark(Path clone, Path directory) {
        this.clone = clone;
        this.directory = directory;
        this.home = directory;
    }

    public static void main(String[] arguments) throws Exception {
        StartBenchmark benchmark =
                new StartBenchmark(
                        Path.of(arguments[0]).toAbsolutePath(),
                        Path.of(arguments[1]).toAbsolutePath());
        Runtime.getRuntime().addShutdownHook(new Thread(benchmark::cleanUp, "clean up"));
        if (arguments[2].equals("clean")) {
            benchmark.cold();
        } else {
            benchmark.warm();
        }
    }

    /** What was waited for, since the launcher was started. */
    private record Start(Duration first, Duration all) {}

    private void cold() throws Exception {
        home = newHome("cold");
        print("`./berth up` in a clean clone with an empty home", List.of(start()));
    }

    private void warm() throws Exception {
        List<Start> fresh = new ArrayList<>();
        List<Start> again = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            home = newHome("home-" + i);
            fresh.add(start());
            down();
            again.add(start());
            down();
            containers.removeAll();
        }
        print("`./berth up`, all built, empty home", fresh);
        print("`./berth up`, all built, home and containers of the time before", again);
    }

    private Start start() throws IOException, InterruptedException {
        int http = Berth.freePort();
        ProcessBuilder builder =
                new ProcessBuilder(
                                clone.resolve("berth").toString(),
                                "up",
                                "--detach",
                                "--home",
                                home.toString(),
                                "--http",
                                Integer.toString(http),
                                "--https",
                                Integer.toString(Berth.freePort()),
                                "--control",
                                Integer.toString(Berth.freePort()))
                        .directory(clone.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("up.log").toFile());
        builder.environment().put("DOCKER_HOST", engine);
        builder.environment().put("XDG_STATE_HOME", directory.resolve("state").toString());
        builder.environment().remove("JAVA_HOME");
        long begin = System.nanoTime();
        up = true;
        Process launcher = builder.start();
        Page page = new Page(http);
        Duration first = Duration.ZERO;
        for (String app : APPS) {
            awaitServed(page, app, begin, launcher);
            first = app.equals(APPS.getFirst()) ? since(begin) : first;
        }
        Duration all = since(begin);
        if (!launcher.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                || launcher.exitValue() != 0) {
            throw failed("./berth up did not end well");
        }
        return new Start(first, all);
    }

    private void awaitServed(Page page, String app, long begin, Process launcher)
            throws IOException, InterruptedException {
        while (page.status(app + ".localhost") != 200) {
            if (since(begin).compareTo(PATIENCE) > 0
                    || (!launcher.isAlive() && launcher.exitValue() != 0)) {
                throw failed(app + " was not served");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private IllegalStateException failed(String what) throws IOException {
        return new IllegalStateException(
                what + "; it said:\n" + Files.readString(directory.resolve("up.log")));
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private void down() {
        Shell.must(clone, environment(), PATIENCE, "./berth", "down", "--home", home.toString());
        up = false;
    }

    private Map<String, String> environment() {
        return Map.of("XDG_STATE_HOME", directory.resolve("state").toString());
    }

    private void cleanUp() {
        if (up) {
            down();
        }
        containers.removeAll();
    }

    /**
     * A home with nothing in it but what {@code up} itself would make first: the example as config
     * repo, here with an instance name of its own, as others may use the engine too.
     */
    private Path newHome(String name) throws IOException {
        Path example = directory.resolve(name + "-example");
        Shell.must(
                clone,
                environment(),
                PATIENCE,
                "cp",
                "-R",
                "example-config-repo",
                example.toString());
        Path settings = example.resolve("berth.yaml");
        Files.writeString(
                settings,
                Files.readString(settings).replaceFirst("name: home\\b", "name: " + instance));
        Berth.git(example, "init", "-q", "--initial-branch=main");
        Berth.git(example, "add", "-A");
        Berth.git(example, "commit", "-q", "-m", "The example");
        Path made = Files.createDirectories(directory.resolve(name));
        Files.createFile(made.resolve(".berth-home"));
        Berth.git(
                made,
                "clone",
                "-q",
                "--bare",
                example.toString(),
                made.resolve("config.git").toString());
        return made;
    }

    private static void print(String what, List<Start> starts) {
        Row.judged(
                        what + ", to the first page served",
                        seconds(starts.stream().map(Start::first).toList()),
                        "< %d s".formatted(LIMIT.toSeconds()),
                        starts.stream().allMatch(s -> s.first().compareTo(LIMIT) < 0))
                .print();
        Row.plain(
                        "The same, to all %d apps served".formatted(APPS.size()),
                        seconds(starts.stream().map(Start::all).toList()))
                .print();
    }

    private static String seconds(List<Duration> times) {
        return times.stream()
                .map(time -> String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0))
                .collect(Collectors.joining(", "));
    }
}

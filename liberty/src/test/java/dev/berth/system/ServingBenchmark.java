package dev.berth.system;

import dev.berth.bench.Row;
import dev.berth.bench.Samples;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A whole Berth with many small apps on a real engine: from a push to the new release served, no-op
 * passes, the memory of its processes at rest, and how fast its edge starts.
 *
 * <p>Arguments: an empty directory to work in, the number of apps, the number of pushes, and the
 * seconds of rest before memory is read.
 */
final class ServingBenchmark {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String KEPT = "kept";

    private final HttpClient client = HttpClient.newHttpClient();
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final Berth berth;
    private final int apps;
    private final Duration rest;
    private final Page page;

    private ServingBenchmark(Berth berth, int apps, Duration rest) {
        this.berth = berth;
        this.apps = apps;
        this.rest = rest;
        this.page = new Page(berth.http);
    }

    public static void main(String[] arguments) throws Exception {
        Berth berth = new Berth(Path.of(arguments[0]));
        // A hook, so that also a Ctrl-C leaves no container behind.
        Runtime.getRuntime().addShutdownHook(new Thread(berth::close, "clean up"));
        int apps = Integer.parseInt(arguments[1]);
        int pushes = Integer.parseInt(arguments[2]);
        Duration rest = Duration.ofSeconds(Long.parseLong(arguments[3]));
        new ServingBenchmark(berth, apps, rest).run(pushes);
    }

    private void run(int pushes) throws Exception {
        for (int i = 0; i < apps; i++) {
            berth.write(file(i), app(i, "first"));
        }
        berth.push("%d apps".formatted(apps)).up();
        for (int i = 0; i < apps; i++) {
            berth.awaitBody(name(i), "/", "first");
        }
        memory("%d s after deploying %d apps".formatted(rest.toSeconds(), apps));
        commitToServing(pushes);
        revertToKept(pushes);
        noOpPasses(pushes);
        memory(
                "%d s after %d rollouts and %d no-op passes more"
                        .formatted(rest.toSeconds(), pushes, pushes));
        new EdgeStarts(berth, name(0)).measure(3);
    }

    // ---- commit to serving ----------------------------------------------------------------------

    private void commitToServing(int pushes) throws Exception {
        Samples fromReturn = new Samples();
        Samples fromStart = new Samples();
        for (int i = 0; i < pushes; i++) {
            int app = i % apps;
            String text = "release-" + i;
            berth.write(file(app), app(app, text));
            Berth.git(berth.clone, "commit", "-q", "-a", "-m", text);
            // Not in step with anything that Berth does at intervals.
            TimeUnit.MILLISECONDS.sleep(random.nextLong(3000));
            long start = System.nanoTime();
            Berth.git(berth.clone, "push", "-q", "origin", "HEAD:main");
            long returned = System.nanoTime();
            awaitServed(name(app), text);
            long served = System.nanoTime();
            fromReturn.add(Duration.ofNanos(served - returned));
            fromStart.add(Duration.ofNanos(served - start));
        }
        Row.judged(
                        "Commit to serving (%d apps, prebuilt image), from `git push` returned"
                                .formatted(apps),
                        fromReturn,
                        Duration.ofSeconds(3))
                .print();
        Row.plain("The same, from `git push` begun", fromStart.toString()).print();
    }

    /** Two releases in turn, each of an image that was built once. */
    private void revertToKept(int times) throws Exception {
        for (int i = 0; i < 2; i++) {
            berth.write("kept/Dockerfile", dockerfile(i))
                    .write("apps/kept.yaml", built(i))
                    .push("build " + i);
            berth.awaitBody(KEPT, "/", "kept-" + i);
            berth.awaitCondition("app/" + KEPT, "Ready", "True");
        }
        Set<String> images = imagesOfKept();
        Samples samples = new Samples();
        for (int i = 0; i < times; i++) {
            berth.write("kept/Dockerfile", dockerfile(i % 2)).write("apps/kept.yaml", built(i % 2));
            TimeUnit.MILLISECONDS.sleep(random.nextLong(3000));
            berth.push("back to " + i % 2);
            long returned = System.nanoTime();
            awaitServed(KEPT, "kept-" + i % 2);
            samples.add(Duration.ofNanos(System.nanoTime() - returned));
        }
        boolean builtNone = imagesOfKept().equals(images);
        Row.judged(
                        "Back to a kept release of a built image, from `git push` returned",
                        samples + (builtNone ? "; 0 builds" : "; it was built again"),
                        "p95 < 5000 ms, 0 builds",
                        builtNone && samples.percentile(95).compareTo(Duration.ofSeconds(5)) < 0)
                .print();
    }

    private Set<String> imagesOfKept() {
        return berth.containers.docker().listImagesCmd().exec().stream()
                .filter(image -> Arrays.toString(image.getRepoTags()).contains("berth/" + KEPT))
                .map(image -> image.getId())
                .collect(Collectors.toSet());
    }

    private static String dockerfile(int release) {
        return """
        FROM busybox:1
        RUN mkdir -p /www && echo kept-%d >/www/index.html
        """
                .formatted(release);
    }

    private static String built(int release) {
        return """
        apiVersion: berth/v1
        kind: App
        metadata: {name: kept}
        spec:
          source: {path: kept}
          port: 8000
          command: exec httpd -f -p "$PORT" -h /www
          env: {RELEASE: "%d"}
        """
                .formatted(release);
    }

    private void awaitServed(String app, String text) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            HttpResponse<String> response = page.get(app + ".localhost");
            if (response.statusCode() != 200) {
                throw new IllegalStateException("a request failed: " + response);
            }
            if (response.body().contains(text)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        throw new IllegalStateException("not served within " + PATIENCE + ": " + text);
    }

    // ---- no-op passes ---------------------------------------------------------------------------

    private void noOpPasses(int count) throws Exception {
        // Engine events of the last rollout end in a pass of their own.
        TimeUnit.SECONDS.sleep(5);
        Samples samples = new Samples();
        double writes = metric("berth_engine_writes_total");
        for (int i = 0; i < count; i++) {
            double before = metric("berth_passes_total");
            berth.push("unrelated");
            berth.await("a pass", () -> metric("berth_passes_total") > before);
            samples.add(Duration.ofNanos((long) (metric("berth_pass_last_seconds") * 1e9)));
        }
        double written = metric("berth_engine_writes_total") - writes;
        Row.judged(
                        "No-op pass, %d apps, real engine, after an unrelated commit"
                                .formatted(apps),
                        "%s; %.0f engine writes".formatted(samples, written),
                        "0 writes",
                        written == 0)
                .print();
    }

    private double metric(String name) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + berth.control + "/metrics");
        String text =
                client.send(
                                HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + name + " in " + text));
    }

    // ---- memory ---------------------------------------------------------------------------------

    private void memory(String when) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(rest.toMillis());
        MemoryOf control = MemoryOf.family(berth.pid("control"));
        Row.judged("Control, " + when, control.toString(), "RSS <= 256 MB", control.rss() <= 256)
                .print();
        Row.plain("Edge, " + when, MemoryOf.family(berth.pid("edge")).toString()).print();
        long postgres = MemoryOf.family(berth.pid("postgres")).pss();
        Row.plain("PostgreSQL, " + when, "PSS %d MB".formatted(postgres)).print();
    }

    // ---- the apps -------------------------------------------------------------------------------

    private static String name(int app) {
        return "app-" + app;
    }

    private static String file(int app) {
        return "apps/" + name(app) + ".yaml";
    }

    /** Listens within milliseconds of its start. */
    private static String app(int app, String text) {
        return """
        apiVersion: berth/v1
        kind: App
        metadata: {name: %s}
        spec:
          image: busybox:1
          port: 8000
          command: |
            mkdir -p /tmp/www && echo "$TEXT" >/tmp/www/index.html && exec httpd -f -p "$PORT" -h /tmp/www
          env: {TEXT: %s}
        """
                .formatted(name(app), text);
    }
}

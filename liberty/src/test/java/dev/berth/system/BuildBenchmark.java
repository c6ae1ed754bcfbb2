package dev.berth.system;

import dev.berth.bench.Row;
import dev.berth.bench.Samples;
import dev.berth.reconciler.engine.RealEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What a build costs by Berth and without it: the Next.js project of the tests, with the same
 * Dockerfile, the same engine and the same builder. Each pair is measured one after the other, in
 * turns who is first, with layers and caches of its own, so that what one has done helps no other.
 *
 * <p>Arguments: an empty directory to work in, and the number of pairs.
 */
final class BuildBenchmark {
    private static final String APP = "next";
    private static final String CODE = "code/next";
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final double MOST_OVERHEAD = 1.05;
    private static final double MOST_AFTER_EDIT = 0.5;

    private static final String EDITED = CODE + "/app/late/page.js";

    private final String run = HexFormat.of().toHexDigits(RandomGenerator.getDefault().nextInt());
    private final Berth berth;
    private final String host = RealEngine.dockerHost();
    private final Samples coldByBerth = new Samples();
    private final Samples coldPlain = new Samples();
    private final Samples editByBerth = new Samples();
    private final Samples editPlain = new Samples();
    private final Samples untilAsked = new Samples();
    private String dockerfile = "";

    private BuildBenchmark(Berth berth) {
        this.berth = berth;
    }

    public static void main(String[] arguments) throws Exception {
        Berth berth = new Berth(Path.of(arguments[0]));
        BuildBenchmark benchmark = new BuildBenchmark(berth);
        Runtime.getRuntime().addShutdownHook(new Thread(benchmark::cleanUp, "clean up"));
        benchmark.run(Integer.parseInt(arguments[1]));
    }

    private void cleanUp() {
        berth.close();
        for (String commit : Berth.git(berth.clone, "rev-list", "HEAD").lines().toList()) {
            berth.containers.removeImagesOf(commit);
        }
    }

    private void run(int pairs) throws Exception {
        Path project = RealEngine.root().resolve("liberty/src/test/projects/next");
        try (Stream<Path> files = Files.walk(project)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                berth.write(CODE + "/" + project.relativize(file), Files.readAllBytes(file));
            }
        }
        recognised();
        for (int i = 0; i < pairs; i++) {
            pair(i);
        }
        print();
        nothingChanged();
    }

    /** What Berth writes for it is what both build. */
    private void recognised() throws Exception {
        declare("").push("the project").up();
        berth.await(
                "the Dockerfile",
                PATIENCE,
                () -> berth.api("apps/next/build").path("text").asString().contains("FROM "));
        dockerfile = berth.api("apps/next/build").path("text").asString();
        berth.await("the first build", PATIENCE, () -> isServed());
    }

    private Berth declare(String more) {
        return berth.write(
                "apps/next.yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: next}
                spec: {source: {path: code/next}%s}
                """
                        .formatted(more));
    }

    private boolean isServed() throws Exception {
        return berth.condition("app/" + APP, "Ready").path("status").asString().equals("True");
    }

    // ---- one pair -------------------------------------------------------------------------------

    private void pair(int number) throws Exception {
        for (int turn = 0; turn < 2; turn++) {
            if ((number + turn) % 2 == 0) {
                coldByBerth.add(byBerth("b" + number, "cold"));
                editByBerth.add(byBerth("b" + number, "edited"));
            } else {
                coldPlain.add(plain("p" + number, "cold"));
                editPlain.add(plain("p" + number, "edited"));
            }
        }
    }

    /** The same steps as those of nobody else, so that no layer and no cache is there yet. */
    private String ownDockerfile(String name) {
        String own = run + name;
        return dockerfile
                .replace("id=berth/", "id=%s/".formatted(own))
                .replaceFirst("(?m)^WORKDIR /app$", "WORKDIR /app\nENV MADE_FOR=" + own);
    }

    private void edit(String name, String state) {
        berth.write(CODE + "/Dockerfile", ownDockerfile(name))
                .write(
                        EDITED,
                        "export default function Late() {\n  return <h1>%s</h1>;\n}\n"
                                .formatted(name + state));
    }

    private Duration byBerth(String name, String state) throws Exception {
        edit(name, state);
        declare(", port: 3000");
        Berth.git(berth.clone, "add", "-A");
        Berth.git(berth.clone, "commit", "-q", "-m", name + " " + state);
        Instant begin;
        Instant end;
        try (EngineEvents tagged = berth.containers.tagged()) {
            Berth.git(berth.clone, "push", "-q", "origin", "HEAD:main");
            begin = Instant.now();
            end = tagged.next("berth/" + APP + ":", PATIENCE);
        }
        // the release that follows must not run beside what is measured next
        berth.awaitBody(APP, "/late", name + state);
        berth.await("rest", PATIENCE, this::isServed);
        untilAsked.add(Duration.between(begin, asked()));
        return Duration.between(begin, end);
    }

    /** When the engine was asked to build what was built last. */
    private Instant asked() throws IOException, InterruptedException {
        JsonNode newest = berth.api("builds?app=" + APP).path("items").get(0);
        return newest.path("steps")
                .valueStream()
                .filter(step -> step.path("phase").asString().equals("Building"))
                .map(step -> Instant.parse(step.path("at").asString()))
                .findFirst()
                .orElseThrow();
    }

    /** What {@code docker build} asks of the engine, without the time that a client takes. */
    private Duration plain(String name, String state) {
        edit(name, state);
        String tag = "berth-bench/%s:%s-%s".formatted(run, name, state);
        String script =
                """
                set -euo pipefail
                tar cf - -C "$0" . | curl -sS --fail --unix-socket "$1" -X POST -H 'Content-Type: application/x-tar' \
                  --data-binary @- "http://engine/build?version=2&t=$2&labels=$3"
                """;
        long begin = System.nanoTime();
        String said =
                Shell.must(
                        berth.clone,
                        Map.of(),
                        PATIENCE,
                        "bash",
                        "-c",
                        script,
                        berth.clone.resolve(CODE).toString(),
                        host.replaceFirst("^unix://", ""),
                        tag,
                        "%7B%22berth.bench%22%3A%22" + run + "%22%7D");
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        if (!said.contains("moby.image.id")) {
            throw new IllegalStateException("it was not built: " + said);
        }
        berth.containers.docker().removeImageCmd(tag).withForce(true).exec();
        return took;
    }

    // ---- what is said ---------------------------------------------------------------------------

    private void print() {
        Row.plain(
                        "Next.js by Berth, from `git push` returned to the image, cold",
                        coldByBerth.toString())
                .print();
        Row.plain("The same Dockerfile by the engine's own call, cold", coldPlain.toString())
                .print();
        Row.plain("By Berth, a page edited", editByBerth.toString()).print();
        Row.plain("By the engine's own call, a page edited", editPlain.toString()).print();
        Row.plain("From `git push` returned to the call of the engine", untilAsked.toString())
                .print();
        double cold = ratio(coldByBerth, coldPlain);
        Row.judged("Berth / plain, cold", text(cold), "<= 1.05", cold <= MOST_OVERHEAD).print();
        double warm = ratio(editByBerth, editPlain);
        Row.judged("Berth / plain, a page edited", text(warm), "<= 1.05", warm <= MOST_OVERHEAD)
                .print();
        double edit = ratio(editByBerth, coldByBerth);
        Row.judged("A page edited / cold, by Berth", text(edit), "<= 0.5", edit <= MOST_AFTER_EDIT)
                .print();
    }

    private static double ratio(Samples one, Samples other) {
        return (double) one.percentile(50).toNanos() / other.percentile(50).toNanos();
    }

    private static String text(double ratio) {
        return String.format(Locale.ROOT, "%.3f", ratio);
    }

    private void nothingChanged() throws IOException, InterruptedException {
        // what was last built without Berth
        Berth.git(berth.clone, "checkout", "-q", "--", ".");
        double writes = Double.parseDouble(berth.metric("berth_engine_writes_total"));
        berth.write("README.md", run).push("words only").awaitSeen();
        String commit = Berth.git(berth.clone, "rev-parse", "HEAD").strip();
        List<?> built = berth.containers.imagesOf(commit);
        double written = Double.parseDouble(berth.metric("berth_engine_writes_total")) - writes;
        Row.judged(
                        "A push that changes nothing of the code",
                        "%d builds, %.0f engine writes".formatted(built.size(), written),
                        "0 builds",
                        built.isEmpty())
                .print();
    }
}

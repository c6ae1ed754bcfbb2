package dev.berth.system;

import dev.berth.bench.Row;
import dev.berth.bench.Samples;
import dev.berth.reconciler.forge.ForgeState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * What follows a webhook, and how soon: a whole Berth on a real engine that polls once an hour, its
 * config repo and the repo of an app behind Git's own HTTP server, and a forge that lists pull
 * requests. Each time is from the beginning of the delivery at the edge.
 *
 * <p>Arguments: an empty directory to work in, and the number of rounds.
 */
final class WebhookBenchmark {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WARM_UP = 2;
    private static final int SITES = 200;
    private static final String PREVIEW = "pr-1-shop.localhost";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Berth berth;
    private final AtForge at;

    private WebhookBenchmark(Berth berth, AtForge at) {
        this.berth = berth;
        this.at = at;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        Berth berth = new Berth(directory);
        AtForge at = new AtForge(directory);
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    berth.close();
                                    at.close();
                                },
                                "clean up"));
        new WebhookBenchmark(berth, at).run(Integer.parseInt(arguments[1]));
        System.exit(0); // threads of the engine's client would go on
    }

    private void run(int rounds) throws Exception {
        at.declareIn(berth, "1h");
        declare("first");
        berth.push("an app with previews").withConfigAt(at.url(AtForge.CONFIG)).up();
        berth.awaitBody("shop", "/", "trunk");
        ofPushes(rounds);
        ofPulls(rounds);
        ofPlans(rounds);
    }

    private void declare(String value) {
        berth.write(
                "shop.yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop}
                spec:
                  source: {repo: %s, branch: main}
                  port: 3000
                  env: {ROUND: '%s'}
                  previews: {}
                """
                        .formatted(at.url(AtForge.SHOP), value));
    }

    // ---- a push to the config repo --------------------------------------------------------------

    private void ofPushes(int rounds) throws Exception {
        Samples answered = new Samples();
        Samples written = new Samples();
        for (int i = -WARM_UP; i < rounds; i++) {
            declare("round " + i);
            berth.push("round " + i);
            try (EngineEvents created = berth.containers.created()) {
                Instant begin = Instant.now();
                at.pushed(berth, AtForge.CONFIG);
                Instant answer = Instant.now();
                Instant write = created.next(berth.instance + "_shop_web", PATIENCE);
                if (i >= 0) {
                    answered.add(Duration.between(begin, answer));
                    written.add(Duration.between(begin, write));
                }
            }
            berth.await("rest", this::isReady);
        }
        Row.judged("A webhook is answered", answered, Duration.ofMillis(100)).print();
        Row.judged(
                        "From the webhook of a push to the config repo to the engine's first write",
                        written,
                        Duration.ofSeconds(1))
                .print();
    }

    private boolean isReady() throws Exception {
        return berth.condition("app/shop", "Ready").path("status").asString().equals("True")
                && berth.containers.of("shop").size() == 1;
    }

    // ---- a pull request, whose image was built before -------------------------------------------

    private void ofPulls(int rounds) throws Exception {
        Samples written = new Samples();
        Samples served = new Samples();
        at.open(1, "preview");
        at.pull(berth, AtForge.SHOP, 1, "opened");
        awaitServed();
        for (int i = -WARM_UP; i < rounds; i++) {
            at.close(1, ForgeState.State.CLOSED);
            at.pull(berth, AtForge.SHOP, 1, "closed");
            berth.await("nothing of it", () -> status() == 404 && isGone());
            at.close(1, ForgeState.State.OPEN);
            try (EngineEvents created = berth.containers.created()) {
                Instant begin = Instant.now();
                at.pull(berth, AtForge.SHOP, 1, "reopened");
                awaitServed();
                Instant end = Instant.now();
                Instant write = created.next("shop.pr-1", PATIENCE);
                if (i >= 0) {
                    written.add(Duration.between(begin, write));
                    served.add(Duration.between(begin, end));
                }
            }
        }
        Row.judged(
                        "From the webhook of a pull request to the engine's first write",
                        written,
                        Duration.ofSeconds(1))
                .print();
        Row.judged(
                        "From the webhook of a pull request to its preview served, image built before",
                        served,
                        Duration.ofSeconds(4))
                .print();
    }

    private boolean isGone() {
        return berth.containers.of("shop.pr-1").isEmpty()
                && berth.containers.docker().listNetworksCmd().exec().stream()
                        .noneMatch(network -> network.getName().endsWith("shop.pr-1"));
    }

    private void awaitServed() throws Exception {
        long end = System.nanoTime() + PATIENCE.multipliedBy(3).toNanos();
        while (status() != 200) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("no preview");
            }
            Thread.sleep(5);
        }
    }

    private int status() throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + berth.http + "/"))
                                .header("Host", PREVIEW)
                                .timeout(PATIENCE)
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    // ---- a pull request on the config repo ------------------------------------------------------

    private void ofPlans(int rounds) throws Exception {
        Samples commented = new Samples();
        deploySites();
        for (int i = 0; i < rounds; i++) {
            int number = 100 + i;
            declare("proposed " + i);
            Berth.git(berth.clone, "commit", "-qam", "proposed " + i);
            String commit = Berth.git(berth.clone, "rev-parse", "HEAD").strip();
            Berth.git(
                    berth.clone,
                    "push",
                    "-q",
                    "origin",
                    "HEAD:refs/pull/%d/head".formatted(number));
            Berth.git(berth.clone, "reset", "-q", "--hard", "HEAD~1");
            at.state.open(AtForge.CONFIG, ForgeState.Pull.of(number, commit));
            Instant begin = Instant.now();
            at.pull(berth, AtForge.CONFIG, number, "opened");
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (at.comment(AtForge.CONFIG, number, "/plan").isEmpty()) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("no plan");
                }
                Thread.sleep(5);
            }
            commented.add(Duration.between(begin, Instant.now()));
        }
        Row.judged(
                        "From the webhook of a pull request of config to its plan as a comment, %d apps"
                                .formatted(SITES + 1),
                        commented,
                        Duration.ofSeconds(5))
                .print();
    }

    /** Apps without containers: so many of those the machine has no room for. */
    private void deploySites() throws Exception {
        berth.write("site/index.html", "<p>a site</p>\n");
        for (int i = 0; i < SITES; i++) {
            berth.write(
                    "sites/%d.yaml".formatted(i),
                    """
                    apiVersion: berth/v1
                    kind: App
                    metadata: {name: site-%d}
                    spec: {static: {path: site}}
                    """
                            .formatted(i));
        }
        berth.push("sites");
        at.pushed(berth, AtForge.CONFIG);
        berth.awaitBody("site-" + (SITES - 1), "/", "a site");
        berth.await("rest", this::isReady);
    }
}

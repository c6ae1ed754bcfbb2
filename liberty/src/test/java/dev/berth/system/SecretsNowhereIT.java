package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plants random values wherever secrets may be, has a Berth deploy, change, fail, refuse and start
 * again with them, and looks for them in all that it shows and leaves: they are in containers, and
 * where they are sent to, and nowhere else. A value that nobody said is secret is planted as well,
 * and seen at all the places where it would be bad to see the others.
 */
class SecretsNowhereIT {
    private static final String CHANGED = "secret changed: api.token (env.TOKEN)";
    private static final String STARTED = "started with ***";
    private static final String STAMPED = "stamped with ***";
    private static final String SENT = "what an alert says";

    @TempDir Path directory;
    private final Map<String, String> planted = new TreeMap<>();
    private final Traces traces = new Traces().want(CHANGED).want(STARTED).want(STAMPED);
    private final Queue<Sent> told = new ConcurrentLinkedQueue<>();

    /** What came over the wire, and to which path. */
    private record Sent(String path, String body) {}

    /** A value that is nowhere by chance. */
    private String random(String what) {
        byte[] random = new byte[12];
        RandomGenerator.of("SecureRandom").nextBytes(random);
        String value = what + "-" + HexFormat.of().formatHex(random);
        traces.want(value);
        return value;
    }

    private String plant(String what) {
        String value = random(what);
        planted.put(what, value);
        return value;
    }

    /** The same each time. */
    private String value(String what) {
        String known = planted.get(what);
        return known == null ? plant(what) : known;
    }

    @Test
    void values_deployedChangedFailingMistakenAndAfterARestart_areNowhereToBeSeen()
            throws Exception {
        HttpServer hooks = listen();
        try (Berth berth = new Berth(directory)) {
            int port = hooks.getAddress().getPort();
            deploy(berth, port);
            Exposure exposure = new Exposure(berth, traces);
            exposure.look();

            // The value before this one is still hidden in what the old release wrote.
            berth.write("secrets.yaml", secrets(plant("env-next"), port));
            berth.must("seal", berth.clone.resolve("secrets.yaml").toString());
            berth.write("mistaken.yaml", whole("mistaken", "  port: " + plant("mistake"), "x"));
            berth.must("seal", "--all", berth.clone.resolve("mistaken.yaml").toString());
            String open = random("open");
            berth.write("open.yaml", whole("open", "  port: " + open, "x"));
            berth.push("another value, and two mistakes").awaitSeen();
            berth.await("the new value", () -> envOf(berth, "shop").contains(value("env-next")));
            berth.awaitBody("shop", "/", "env ok file ok");
            berth.await("the reason", () -> berth.api("events").toString().contains(CHANGED));
            berth.kill("control");
            berth.push("after a restart").awaitSeen();
            berth.awaitCondition("app/shop", "Ready", "True");
            exposure.look();

            assertThat(told).extracting(Sent::path).allMatch(("/" + value("url"))::equals);
            told.forEach(sent -> traces.see(SENT, sent.body()));
            planted.forEach(
                    (what, value) ->
                            assertThat(traces.of(value)).as("where %s is", what).isEmpty());
            assertThat(envOf(berth, "shop")).contains(value("env-next"));
            assertThat(traces.of(CHANGED))
                    .contains("http /api/v1/events", "table event", "file logs/control.log");
            assertThat(traces.of(STARTED))
                    .contains("http /api/v1/apps/shop/log", "./berth logs shop");
            assertThat(traces.of(STAMPED))
                    .anyMatch(place -> place.matches("http /api/v1/builds/forge-.*/log"))
                    .anyMatch(place -> place.matches("file builds/.*"));
            assertThat(stampOf(berth)).startsWith(sha256(value("stamp")));
            assertThat(traces.of(open)).containsAll(WHERE_AN_OPEN_VALUE_IS);
            assertThat(traces.places())
                    .contains(
                            SENT,
                            "http /resources/app/loud",
                            "http /api/v1/apps/shop/cron",
                            "http /api/v1/apps/shop/releases",
                            "http /api/v1/apps/shop/traffic",
                            "command line of control",
                            "database PG_VERSION",
                            "file logs/edge.log",
                            "file secrets/secret_api.sealed",
                            "file last-good/last-good.json");
        } finally {
            hooks.stop(0);
        }
    }

    /** Where the search would find a secret, if Berth took it for a text like any other. */
    private static final List<String> WHERE_AN_OPEN_VALUE_IS =
            List.of(
                    "stream",
                    "http /",
                    "http /api/v1/resources",
                    "http /api/v1/plan",
                    "./berth plan main",
                    "./berth plan main --json",
                    "./berth status",
                    "./berth status --json",
                    "table pass");

    private void deploy(Berth berth, int port) throws Exception {
        berth.must("seal", "--new-key");
        Files.createDirectories(berth.home.resolve("keys"));
        Files.writeString(berth.home.resolve("keys/alert-servers"), "127.0.0.1:" + port);
        berth.write("secrets.yaml", secrets(plant("env"), port));
        berth.must("seal", berth.clone.resolve("secrets.yaml").toString());
        berth.write("alert.yaml", ALERT)
                .write("shop.yaml", SHOP)
                .write("whole.yaml", whole("whole", "", plant("whole")))
                .write("sleeper/Dockerfile", "FROM busybox:1\nCMD [\"sleep\", \"86400\"]\n")
                .write("forge/Dockerfile", forge(berth.instance))
                .write("forge.yaml", STAMPING)
                .write("loud.yaml", LOUD);
        berth.must("seal", "--all", berth.clone.resolve("whole.yaml").toString());
        berth.push("secrets").up();
        berth.awaitBody("shop", "/", "env ok file ok");
        berth.awaitCondition("app/whole", "Ready", "True");
        berth.awaitCondition("app/forge", "Ready", "True");
        berth.awaitCondition("app/loud", "Stalled", "True");
        berth.await("the alert", () -> !told.isEmpty());
    }

    private HttpServer listen() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                    told.add(
                            new Sent(
                                    exchange.getRequestURI().getPath(),
                                    new String(body, StandardCharsets.UTF_8)));
                });
        server.start();
        return server;
    }

    private String secrets(String token, int port) {
        return """
        apiVersion: berth/v1
        kind: Secret
        metadata:
          name: api
        data:
          token: %s
          pem: "%s\\n%s\\n"
          shout: '%s "quoted" & more'
          url: http://127.0.0.1:%d/%s
          key: %s
          stamp: %s
        """
                .formatted(
                        token,
                        value("file"),
                        value("line"),
                        value("shout"),
                        port,
                        value("url"),
                        value("key"),
                        value("stamp"));
    }

    private static String envOf(Berth berth, String app) {
        List<Container> containers = berth.containers.of(app);
        return containers.size() == 1
                ? Arrays.toString(
                        berth.containers.inspect(containers.getFirst()).getConfig().getEnv())
                : "";
    }

    private static String stampOf(Berth berth) throws InterruptedException {
        return berth.containers.exec(berth.containers.of("forge").getFirst(), "cat", "/stamp");
    }

    private static String sha256(String value) throws NoSuchAlgorithmException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    /**
     * Tells what it is given, and keeps what only one who knows it can make of it; in no cache of
     * an earlier run, for secrets are no part of what BuildKit tells steps apart by.
     */
    private static String forge(String run) {
        return """
        FROM busybox:1
        RUN --mount=type=secret,id=STAMP \\
            : of %s && echo "stamped with $(cat /run/secrets/STAMP)" && \\
            sha256sum < /run/secrets/STAMP > /stamp
        CMD ["sleep", "86400"]
        """
                .formatted(run);
    }

    private static final String STAMPING =
            """
            apiVersion: berth/v1
            kind: App
            metadata: {name: forge}
            spec:
              source: {path: forge}
              env: {STAMP: {fromSecret: api.stamp, at: build}}
            """;

    private static final String ALERT =
            """
            apiVersion: berth/v1
            kind: Alert
            metadata: {name: ops}
            spec:
              webhook: {url: {fromSecret: api.url}, secret: {fromSecret: api.key}}
            """;

    private static final String SHOP =
            Apps.answeringWith(
                    "shop",
                    "console.log('started with '+process.env.TOKEN);"
                            + "const f=require('fs').readFileSync('/run/secrets/pem','utf8');",
                    "(process.env.TOKEN.startsWith('env')?'env ok':'no')+(f.split('\\n').length===3?'"
                            + " file ok':' no')",
                    """
                      env: {TOKEN: {fromSecret: api.token}}
                      secrets: [{secret: api, key: pem}]
                    """);

    private static final String LOUD =
            Apps.exiting("loud", "I was given ", 1)
                            .replace("given '", "given '+process.env.SHOUT+' in full'")
                    + "  env: {SHOUT: {fromSecret: api.shout}}\n";

    /** The env of an app that is sealed as a whole is secret. */
    private static String whole(String name, String more, String key) {
        return """
        apiVersion: berth/v1
        kind: App
        metadata:
          name: %s
        spec:
          source:
            path: sleeper
          env:
            KEY: %s
        %s
        """
                .formatted(name, key, more);
    }
}

package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plants random values wherever secrets may be, has a Berth deploy, change, fail, refuse and start
 * again with them, and looks for them in all that it shows and leaves: they are in containers, and
 * where they are sent to, and nowhere else.
 */
class SecretsNowhereIT {
    private static final String CHANGED = "secret changed: api.token (env.TOKEN)";
    private static final String STARTED = "started with ***";

    @TempDir Path directory;
    private final Map<String, String> planted = new TreeMap<>();
    private final Set<String> wanted = new HashSet<>(Set.of(CHANGED, STARTED));
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    /** A value that is nowhere by chance. */
    private String plant(String what) {
        byte[] random = new byte[12];
        RandomGenerator.of("SecureRandom").nextBytes(random);
        String value = what + "-" + HexFormat.of().formatHex(random);
        planted.put(what, value);
        wanted.add(value);
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
            must(berth, "seal", "--new-key");
            int port = hooks.getAddress().getPort();
            Files.createDirectories(berth.home.resolve("keys"));
            Files.writeString(berth.home.resolve("keys/alert-servers"), "127.0.0.1:" + port);
            berth.write("secrets.yaml", secrets(plant("env"), port));
            must(berth, "seal", berth.clone.resolve("secrets.yaml").toString());
            berth.write("alert.yaml", ALERT)
                    .write("shop.yaml", SHOP)
                    .write("whole.yaml", whole("whole", "", plant("whole")))
                    .write("sleeper/Dockerfile", "FROM busybox:1\nCMD [\"sleep\", \"86400\"]\n")
                    .write("loud.yaml", LOUD);
            must(berth, "seal", "--all", berth.clone.resolve("whole.yaml").toString());
            berth.push("secrets").up();
            berth.awaitBody("shop", "/", "env ok file ok");
            berth.awaitCondition("app/whole", "Ready", "True");
            berth.awaitCondition("app/loud", "Stalled", "True");
            berth.await("the alert", () -> !told.isEmpty());
            Traces traces = new Traces(berth, wanted);
            traces.look();

            // The value before this one is still hidden in what the old release wrote.
            berth.write("secrets.yaml", secrets(plant("env-next"), port));
            must(berth, "seal", berth.clone.resolve("secrets.yaml").toString());
            berth.write("mistaken.yaml", whole("mistaken", "  port: " + plant("mistake"), "x"));
            must(berth, "seal", "--all", berth.clone.resolve("mistaken.yaml").toString());
            berth.push("another value, and a mistake").awaitSeen();
            berth.await("the new value", () -> envOf(berth, "shop").contains(value("env-next")));
            berth.awaitBody("shop", "/", "env ok file ok");
            berth.kill("control");
            berth.push("after a restart").awaitSeen();
            berth.awaitCondition("app/shop", "Ready", "True");
            traces.look();

            assertThat(told).allMatch(("/" + value("url"))::equals);
            assertThat(envOf(berth, "shop")).contains(value("env-next"));
            assertThat(traces.of(CHANGED)).contains("http /api/v1/events", "table event");
            assertThat(traces.of(STARTED)).contains("http /api/v1/apps/shop/log");
            assertThat(traces.places())
                    .contains(
                            "stream",
                            "http /",
                            "http /resources/app/loud",
                            "table pass",
                            "file logs/control/messages.log",
                            "file logs/edge.log",
                            "file secrets/secret_api.sealed",
                            "file last-good/last-good.json");
            planted.forEach(
                    (what, value) ->
                            assertThat(traces.of(value)).as("where %s is", what).isEmpty());
        } finally {
            hooks.stop(0);
        }
    }

    private HttpServer listen() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                    told.add(exchange.getRequestURI().getPath());
                });
        server.start();
        return server;
    }

    private static void must(Berth berth, String... verb) {
        Shell.Result result = berth.launcher(verb);
        assertThat(result.exit()).as(Arrays.toString(verb) + result.output()).isZero();
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
        """
                .formatted(
                        token,
                        value("file"),
                        value("line"),
                        value("shout"),
                        port,
                        value("url"),
                        value("key"));
    }

    private static String envOf(Berth berth, String app) {
        List<Container> containers = berth.containers.of(app);
        return containers.size() == 1
                ? Arrays.toString(
                        berth.containers.inspect(containers.getFirst()).getConfig().getEnv())
                : "";
    }

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

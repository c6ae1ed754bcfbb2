package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.LastGoodFile;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Redactor;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.secret.SecretKeys;
import dev.berth.reconciler.secret.SecretStore;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.Json;
import dev.berth.schemas.status.PassReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plants values, lets deployments succeed, change, fail and be mistaken, and looks for the values
 * in all that leaves: they are in containers and nowhere else.
 */
final class SecretsNowhereTest {
    private static final String OF_ENV = "planted-env-0a1b2c3d";
    private static final String OF_ENV_NEXT = "planted-next-1b2c3d4e";
    private static final String OF_FILE = "planted-file-2c3d4e5f\nsecond line of it 77";
    private static final String OF_WHOLE_APP = "planted-whole-3d4e5f6a";
    private static final String SHOUTED = "planted-shout \"4e5f\" & more";
    private static final String MISTAKEN = "planted-mistake-5f6a7b8c";
    private static final List<String> PLANTED =
            List.of(
                    OF_ENV,
                    OF_ENV_NEXT,
                    OF_FILE,
                    "second line of it 77",
                    OF_WHOLE_APP,
                    SHOUTED,
                    MISTAKEN);

    private static final String SHOP =
            """
            image: 'shop:1', port: 80, env: {TOKEN: {fromSecret: api.token}}, secrets: [{secret: api, key: pem}]\
            """;

    @TempDir Path directory;
    private final AgeKeys keys = Sealing.newKeys();
    private final List<LogRecord> logged = new CopyOnWriteArrayList<>();
    private final SortedMap<String, String> seen = new TreeMap<>();
    private final Handler ear =
            new Handler() {
                @Override
                public void publish(LogRecord entry) {
                    logged.add(entry);
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void listen() {
        Logger.getLogger("dev.berth").addHandler(ear);
        Logger.getLogger("dev.berth").setLevel(Level.ALL);
    }

    @AfterEach
    void stopListening() {
        Logger.getLogger("dev.berth").removeHandler(ear);
        Logger.getLogger("dev.berth").setLevel(null);
    }

    private Path home() {
        return directory.resolve("home");
    }

    private Spine spine() throws IOException {
        SecretKeys own = SecretKeys.open(home(), new SecureRandom());
        Vault vault =
                Vault.open(
                        own,
                        new SecretStore(home(), own, new SecureRandom()),
                        InstantSource.system());
        return new Spine(
                directory,
                (interval, _) -> interval,
                new LastGoodFile(home().resolve("last-good")),
                () -> keys,
                vault);
    }

    private String secret(String token) {
        return Sealing.sealed(
                """
                apiVersion: berth/v1
                kind: Secret
                metadata: {name: api}
                data:
                  token: %s
                  pem: %s
                  shouted: %s
                """
                        .formatted(token, Json.write(OF_FILE), Json.write(SHOUTED)),
                keys);
    }

    /** As control does; but a report needs no cleaning either. */
    private void pass(Spine spine, String name) throws Exception {
        PassReport report = spine.reconciler.reconcile(new Trigger.Poll());
        seen.put("uncleaned report " + name, Json.write(report) + "\n" + report);
        Redactor redactor = spine.vault.redactor();
        seen.put("report " + name, Json.write(report.cleaned(redactor::clean)));
    }

    @Test
    void values_afterSuccessChangeFailureAndMistake_areInContainersOnly() throws Exception {
        Spine spine = spine();
        spine.engine.withImages("shop:1");
        spine.engine.withImage("loud:1", new ImageBehaviour.Exits(1, List.of("I got " + SHOUTED)));

        spine.file("api.yaml", secret(OF_ENV));
        spine.file("whole.yaml", Sealing.whole(app("whole", OF_WHOLE_APP), keys));
        spine.commit(1, "{" + SHOP + "}");
        pass(spine, "first");
        assertThat(given(spine, "shop")).containsEntry("TOKEN", OF_ENV);
        assertThat(given(spine, "shop")).containsEntry("/run/secrets/pem", OF_FILE);
        assertThat(given(spine, "whole")).containsEntry("KEY", OF_WHOLE_APP);

        spine.file("api.yaml", secret(OF_ENV_NEXT));
        spine.commit(2, "{" + SHOP + "}");
        pass(spine, "changed");
        assertThat(given(spine, "shop")).containsEntry("TOKEN", OF_ENV_NEXT);
        assertThat(seen.get("report changed")).contains("secret changed: api.token (env.TOKEN)");

        spine.file(
                "loud.yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: loud}
                spec: {image: 'loud:1', env: {S: {fromSecret: api.shouted}}, healthcheck: {deadline: 1s}}
                """);
        spine.commit(3, "{" + SHOP + "}");
        pass(spine, "failed");
        assertThat(seen.get("report failed")).contains("I got ***");

        spine.file("loud.yaml", Sealing.whole(mistaken(), keys));
        spine.commit(4, "{" + SHOP + "}");
        pass(spine, "mistaken");
        assertThat(seen.get("report mistaken")).contains("got an encrypted value");

        Spine again = spine();
        again.engine.withImages("shop:1");
        again.commit(5, "{" + SHOP + "}");
        pass(again, "restarted");

        look(spine);
        assertThat(seen)
                .containsKeys(
                        "home last-good/last-good.json",
                        "home secrets/secret_api.sealed",
                        "home secrets/app_whole.sealed",
                        "log dev.berth.reconciler.Reconciler",
                        "log dev.berth.reconciler.converge.Worker");
        assertThat(places(PLANTED)).isEmpty();
    }

    /** The same search finds what is there: it would notice. */
    @Test
    void search_forWhatIsPlainlyThere_findsIt() throws Exception {
        Spine spine = spine();
        spine.engine.withImages("shop:1");
        spine.file("api.yaml", secret(OF_ENV));
        spine.commit(1, "{" + SHOP + ", command: ['sleep', '4242424']}");
        pass(spine, "first");
        Files.writeString(home().resolve("notes"), "left behind: " + OF_ENV);
        Logger.getLogger("dev.berth.test").warning("said: " + SHOUTED);
        look(spine);

        assertThat(places(List.of("4242424"))).anyMatch(p -> p.startsWith("labels of"));
        assertThat(places(PLANTED))
                .anyMatch(p -> p.startsWith("home"))
                .anyMatch(p -> p.startsWith("log"));
        assertThat(places(List.of("shop:1"))).anyMatch(p -> p.startsWith("report"));
    }

    private static String app(String name, String key) {
        return """
        apiVersion: berth/v1
        kind: App
        metadata:
          name: %s
        spec:
          image: shop:1
          port: 80
          env:
            KEY: %s
        """
                .formatted(name, key);
    }

    private static String mistaken() {
        return app("loud", MISTAKEN)
                + "  suspend: %s\n  replicas: %s\n".formatted(MISTAKEN, MISTAKEN);
    }

    private static SortedMap<String, String> given(Spine spine, String app)
            throws ReconcileException {
        SortedMap<String, String> given = new TreeMap<>();
        for (ContainerView container : spine.engine.containers("home")) {
            if (container.owner().name().equals(app) && container.running()) {
                given.putAll(spine.engine.secretsOf(container.name()));
            }
        }
        return given;
    }

    private void look(Spine spine) throws Exception {
        for (ContainerView container : spine.engine.containers("home")) {
            seen.put(
                    "labels of " + container.name(),
                    spine.engine.labelsOf(container.name()).toString());
        }
        seen.put("what was asked of the engine", spine.engine.journal().toString());
        seen.put("routes", Json.write(spine.traffic.table()));
        for (LogRecord entry : logged) {
            StringWriter text = new StringWriter();
            text.append(entry.getMessage());
            if (entry.getThrown() != null) {
                entry.getThrown().printStackTrace(new PrintWriter(text));
            }
            seen.merge("log " + entry.getLoggerName(), text.toString(), (a, b) -> a + "\n" + b);
        }
        try (Stream<Path> files = Files.walk(home())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.startsWith(home().resolve("keys"))) {
                    seen.put(
                            "home " + home().relativize(file),
                            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
                }
            }
        }
    }

    /** Where a value is, as it is or as JSON spells it. */
    private List<String> places(List<String> values) {
        List<String> places = new ArrayList<>();
        for (Map.Entry<String, String> place : seen.entrySet()) {
            for (String value : values) {
                String json = Json.write(value);
                if (place.getValue().contains(value)
                        || place.getValue().contains(json.substring(1, json.length() - 1))) {
                    places.add(place.getKey() + ": " + value);
                }
            }
        }
        return places;
    }
}

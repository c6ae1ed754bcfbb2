package dev.berth.liberty;

import dev.berth.reconciler.secret.AgeIdentity;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.HomeAgeKeys;
import dev.berth.reconciler.secret.Sealing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives the server under test its ports, folders and secrets before Arquillian, which has to be
 * named after it, reads its settings and starts the server. Everything lies below the build's
 * folder, and the engine's address is one where no engine is: the server can touch nothing of the
 * machine it runs on. The database's port is chosen here but nothing listens on it yet: the tests
 * begin without one.
 */
final class TestServer implements BeforeAllCallback {
    /** System property: where the server under test listens. */
    static final String PORT = "berth.test.port";

    /** System property: where the database will listen. */
    static final String DATABASE_PORT = "berth.test.database.port";

    /** What an edge shows. */
    static final String EDGE_TOKEN = "edge-token-of-the-tests";

    /** Who asks the database, and its password. */
    static final String USER = "berth_test";

    static final String PASSWORD = "secret of the tests";

    /** What webhooks are signed with. */
    static final String WEBHOOK_SECRET = "what-forge-and-control-know";

    /** What {@code BERTH_HOME} and {@code DOCKER_HOST} end with. */
    static final String HOME = "control-it/home";

    static final String NO_ENGINE = "control-it/no-engine.sock";

    @Override
    public void beforeAll(ExtensionContext context) throws IOException, GitAPIException {
        String install = System.getProperty("liberty.install");
        // Not within the server, where some of the tests run; and once for a server.
        if (install != null && System.getProperty(PORT) == null) {
            prepare(Path.of(install));
        }
    }

    /** The config repo of the server under test. */
    static ConfigRepo config() {
        return new ConfigRepo(folder(Path.of(System.getProperty("liberty.install"))));
    }

    /** Lines of the server's own log. */
    static List<String> log() throws IOException {
        return Files.readAllLines(
                server(Path.of(System.getProperty("liberty.install")))
                        .resolve("logs/messages.log"));
    }

    private static Path server(Path install) {
        return install.resolve("usr/servers/arquillian");
    }

    private static Path folder(Path install) {
        return install.resolve("../../control-it").normalize();
    }

    private static void prepare(Path install) throws IOException, GitAPIException {
        Path folder = folder(install);
        delete(folder);
        Files.createDirectories(folder.resolve("home"));
        AgeIdentity identity = AgeIdentity.generate(new SecureRandom());
        var _ = HomeAgeKeys.add(folder.resolve("home"), identity);
        new ConfigRepo(folder).begin(hooks(identity));
        int port = freePort();
        int database = freePort();
        System.setProperty(PORT, Integer.toString(port));
        System.setProperty(DATABASE_PORT, Integer.toString(database));
        Path token = Files.writeString(folder.resolve("edge.token"), EDGE_TOKEN + "\n");
        Path password = Files.writeString(folder.resolve("database.password"), PASSWORD + "\n");
        Files.writeString(
                server(install).resolve("server.env"),
                """
                MALLOC_ARENA_MAX=2
                BERTH_HOME=%s
                BERTH_CONFIG=%s
                DOCKER_HOST=unix://%s
                BERTH_CONTROL_PORT=%d
                BERTH_DATABASE_URL=jdbc:postgresql://127.0.0.1:%d/postgres
                BERTH_DATABASE_USER=%s
                BERTH_DATABASE_PASSWORD_FILE=%s
                BERTH_EDGE_TOKEN_FILE=%s
                """
                        .formatted(
                                folder.resolve("home"),
                                folder.resolve("config"),
                                folder.resolve("no-engine.sock"),
                                port,
                                database,
                                USER,
                                password,
                                token));
    }

    private static String hooks(AgeIdentity identity) {
        return Sealing.sealed(
                """
                apiVersion: berth/v1
                kind: Secret
                metadata: {name: hooks}
                data: {gitea: %s}
                """
                        .formatted(WEBHOOK_SECRET),
                AgeKeys.read(
                        "age.txt",
                        identity.text(),
                        fault -> {
                            throw new AssertionError(fault);
                        }));
    }

    private static void delete(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> found = Files.walk(folder)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

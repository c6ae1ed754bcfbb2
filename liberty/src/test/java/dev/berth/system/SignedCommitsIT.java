package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.source.SigningKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Whoever can push does not decide what runs: who may sign does. */
class SignedCommitsIT {
    @TempDir Path directory;

    @Test
    void unsignedPush_isRefusedLoudlyWhileAppsGoOn_andASignedOneIsFollowed() throws Exception {
        SigningKey ada = SigningKey.make(directory, "ada");
        try (Berth berth = new Berth(directory)) {
            String instance = "instance/" + berth.instance;
            berth.write("berth.yaml", instance(berth.instance))
                    .write("keys/allowed_signers", ada.line())
                    .write("app.yaml", Apps.answering("shop", "one"));
            pushSigned(berth, ada, "the first, by its own rules");
            berth.up();
            berth.awaitBody("shop", "/", "one");
            berth.awaitCondition(instance, "SourceVerified", "True");
            Set<String> serving = berth.containers.ids();

            berth.write("app.yaml", Apps.answering("shop", "two")).push("by somebody");

            berth.awaitCondition(instance, "SourceVerified", "False");
            String refused = head(berth).substring(0, 12);
            assertThat(whyNot(berth, instance))
                    .contains("commit " + refused, "is not followed", "it is not signed");
            assertThat(berth.launcher("status").output())
                    .contains(refused, "it is not signed")
                    .contains("SignatureInvalid");
            assertThat(Files.readString(berth.home.resolve("logs/control/messages.log")))
                    .contains("commit " + refused, "it is not signed");
            assertThat(berth.get("shop.localhost", "/").body()).isEqualTo("one");
            assertThat(berth.containers.ids()).isEqualTo(serving);

            berth.kill("control"); // what was followed is known to the next one, too
            berth.awaitCondition(instance, "SourceVerified", "False");
            loseContainer(berth);
            berth.await(
                    "the app to be repaired as the last signed commit wants it",
                    () ->
                            !berth.containers.ids().equals(serving)
                                    && berth.get("shop.localhost", "/").body().equals("one"));

            berth.write("app.yaml", Apps.answering("shop", "three"));
            pushSigned(berth, ada, "looked at, and signed");

            berth.awaitBody("shop", "/", "three");
            berth.awaitCondition(instance, "SourceVerified", "True");
        }
    }

    private static String instance(String name) {
        return """
        apiVersion: berth/v1
        kind: Instance
        metadata: {name: %s}
        spec:
          domain: localhost
          source: {verify: {mode: head, allowedSigners: keys/allowed_signers}}
        """
                .formatted(name);
    }

    private static void pushSigned(Berth berth, SigningKey key, String message) {
        Berth.git(berth.clone, "add", "-A");
        Berth.git(
                berth.clone,
                "-c",
                "gpg.format=ssh",
                "-c",
                "user.signingKey=" + key.file(),
                "commit",
                "-q",
                "-S",
                "-m",
                message);
        Berth.git(berth.clone, "push", "-q", "origin", "HEAD:main");
    }

    private static String head(Berth berth) {
        return Berth.git(berth.clone, "rev-parse", "HEAD").strip();
    }

    private static String whyNot(Berth berth, String instance) throws Exception {
        JsonNode condition = berth.condition(instance, "SourceVerified");
        assertThat(condition.path("reason").asString()).isEqualTo("SignatureInvalid");
        return condition.path("message").asString();
    }

    private static void loseContainer(Berth berth) {
        berth.containers
                .docker()
                .removeContainerCmd(berth.containers.of("shop").getFirst().getId())
                .withForce(true)
                .exec();
    }
}

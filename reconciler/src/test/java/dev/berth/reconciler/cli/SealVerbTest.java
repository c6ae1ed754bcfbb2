package dev.berth.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SealVerbTest {
    private static final String SECRET =
            """
            apiVersion: berth/v1
            kind: Secret
            metadata: {name: api}
            data:
              stripe: sk_live_4242 # from the dashboard
            """;

    @TempDir Path directory = Path.of("");

    private Map<String, String> environment() {
        return Map.of("BERTH_HOME", directory.resolve("home").toString());
    }

    private Run seal(String... arguments) {
        return Run.of(environment(), with("seal", arguments));
    }

    private static String[] with(String verb, String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = verb;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return all;
    }

    private Path repo(String secret) throws IOException {
        Path repo = Files.createDirectories(directory.resolve("repo"));
        Files.writeString(
                repo.resolve("berth.yaml"),
                "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec: {}\n");
        Files.writeString(
                repo.resolve("shop.yaml"),
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop}
                spec: {image: x, env: {K: {fromSecret: api.stripe}}}
                """);
        return Files.writeString(repo.resolve("secret.yaml"), secret);
    }

    @Test
    void newKeyThenSeal_makesARepoThatValidates() throws IOException {
        Path file = repo(SECRET);
        Run key = seal("--new-key");
        assertThat(key.exit()).isEqualTo(Verb.Exit.OK);
        assertThat(key.out()).startsWith("age1");
        assertThat(key.out() + key.err()).doesNotContain("AGE-SECRET-KEY");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(
                                        directory.resolve("home/keys/age.txt"))))
                .isEqualTo("rw-------");

        Run sealed = seal(file.toString());

        assertThat(sealed).isEqualTo(new Run(Verb.Exit.OK, file + ": sealed\n", ""));
        assertThat(file)
                .content()
                .contains("name: api", "stripe: ENC[AES256_GCM,", key.out().strip())
                .doesNotContain("sk_live", "dashboard");
        assertThat(Run.of(environment(), "validate", directory.resolve("repo").toString()))
                .isEqualTo(new Run(Verb.Exit.OK, "ok: 1 app, 0 domains\n", ""));
        assertThat(seal(file.toString()).out()).contains("nothing to seal");
    }

    @Test
    void validate_whereNoIdentityIs_saysWhatWasNotChecked() throws IOException {
        Path file = repo(SECRET);
        seal("--new-key");
        seal(file.toString());

        Run run =
                Run.of(
                        Map.of("BERTH_HOME", directory.resolve("nowhere").toString()),
                        "validate",
                        directory.resolve("repo").toString());

        assertThat(run)
                .isEqualTo(
                        new Run(
                                Verb.Exit.OK,
                                "not checked, because no age identity is here: secret.yaml\nok: 1 app, 0 domains\n",
                                ""));
    }

    @Test
    void seal_secondRecipientAfterARotation_opensWithTheNewKeyAlone() throws IOException {
        Path file = repo(SECRET);
        seal("--new-key");
        seal(file.toString());
        Path identities = directory.resolve("home/keys/age.txt");
        String old = Files.readString(identities);
        String fresh = seal("--new-key").out().strip();
        assertThat(seal("--recipients").out().lines()).hasSize(2).contains(fresh);

        assertThat(seal("--recipient", fresh, file.toString()).exit()).isEqualTo(Verb.Exit.OK);
        Files.writeString(identities, Files.readString(identities).replace(old, ""));

        assertThat(seal("--recipients").out()).isEqualTo(fresh + "\n");
        assertThat(Run.of(environment(), "validate", directory.resolve("repo").toString()).exit())
                .isEqualTo(Verb.Exit.OK);
    }

    @Test
    void seal_wholeFile_leavesOnlyKeysReadable() throws IOException {
        Path file = repo(SECRET);
        seal("--new-key");

        seal("--all", file.toString());

        assertThat(file).content().contains("apiVersion: ENC[", "data:").doesNotContain("api}");
        assertThat(Run.of(environment(), "validate", directory.resolve("repo").toString()).exit())
                .isEqualTo(Verb.Exit.OK);
    }

    @Test
    void seal_value_isReadFromStandardInput() throws Exception {
        String recipient = seal("--new-key").out().strip();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        SealVerb verb =
                new SealVerb(
                        Map.of(),
                        () ->
                                new ByteArrayInputStream(
                                        "sk_live_4242\n".getBytes(StandardCharsets.UTF_8)));

        Verb.Exit exit =
                verb.run(
                        List.of("--value", "api.stripe", "--recipient", recipient),
                        new Console(
                                new PrintStream(out, true, StandardCharsets.UTF_8),
                                new PrintStream(err, true, StandardCharsets.UTF_8)));

        assertThat(exit).isEqualTo(Verb.Exit.OK);
        repo(out.toString(StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("sk_live");
        assertThat(Run.of(environment(), "validate", directory.resolve("repo").toString()))
                .isEqualTo(new Run(Verb.Exit.OK, "ok: 1 app, 0 domains\n", ""));
    }

    @Test
    void seal_forNobody_saysWhatToDo() throws IOException {
        Path file = repo(SECRET);

        Run run = seal(file.toString());

        assertThat(run.exit()).isEqualTo(Verb.Exit.FAILED);
        assertThat(run.err()).contains("--recipient age1").doesNotContain("sk_live");
        assertThat(file).content().isEqualTo(SECRET);
    }

    @Test
    void seal_wrongArguments_isMisuse() {
        assertThat(seal().exit()).isEqualTo(Verb.Exit.MISUSED);
        assertThat(seal("--value", "api").exit()).isEqualTo(Verb.Exit.MISUSED);
        assertThat(seal("--recipient", "ssh-rsa", "x").exit()).isEqualTo(Verb.Exit.MISUSED);
        assertThat(seal("no-such-file").exit()).isEqualTo(Verb.Exit.MISUSED);
        assertThat(seal("--frob").exit()).isEqualTo(Verb.Exit.MISUSED);
    }

    @Test
    void seal_rotate_addsAKeyThatEncryptsFromNowOn() throws IOException {
        assertThat(seal("--rotate").exit()).isEqualTo(Verb.Exit.OK);

        assertThat(directory.resolve("home/keys/secrets.key"))
                .content()
                .containsPattern("(?s)rest .*rest ");
    }
}

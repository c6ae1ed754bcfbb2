package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both ways with the age tool itself (Debian's package {@code age}, installed when it is missing).
 */
final class AgeToolIT {
    private static final byte[] PLAIN = "a data key, or so".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path directory;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        if (!isThere()) {
            run("apt-get", "update", "-q");
            run(
                    "apt-get",
                    "install",
                    "-qy",
                    "--no-install-recommends",
                    "-o",
                    "DPkg::Lock::Timeout=120",
                    "age");
        }
    }

    @Test
    void keyOfAgeKeygen_opensWhatAgeWrote() throws IOException, InterruptedException {
        Path identity = directory.resolve("age.txt");
        run("age-keygen", "-o", identity.toString());
        AgeKeys keys = keys(Files.readString(identity));
        String recipient = run("age-keygen", "-y", identity.toString()).strip();
        assertThat(keys.recipients()).extracting(AgeRecipient::text).containsExactly(recipient);

        Path plain = Files.write(directory.resolve("plain"), PLAIN);
        Path sealed = directory.resolve("sealed");
        run("age", "-a", "-r", recipient, "-o", sealed.toString(), plain.toString());
        assertThat(keys.open(Files.readString(sealed))).isEqualTo(PLAIN);
    }

    @Test
    void keyOfOurs_ageOpensWhatWeWrote() throws IOException, InterruptedException {
        AgeIdentity ours = AgeIdentity.generate(new SecureRandom());
        Path identity = Files.writeString(directory.resolve("age.txt"), ours.text() + "\n");
        assertThat(run("age-keygen", "-y", identity.toString()).strip())
                .isEqualTo(ours.recipient().text());
        Path sealed = Files.writeString(directory.resolve("sealed"), ours.recipient().wrap(PLAIN));
        assertThat(run("age", "-d", "-i", identity.toString(), sealed.toString()))
                .isEqualTo(new String(PLAIN, StandardCharsets.UTF_8));
    }

    private static AgeKeys keys(String text) {
        return AgeKeys.read(
                "age.txt",
                text,
                f -> {
                    throw new AssertionError(f);
                });
    }

    private static boolean isThere() {
        return List.of(String.valueOf(System.getenv("PATH")).split(":", -1)).stream()
                .anyMatch(d -> Files.isExecutable(Path.of(d, "age-keygen")));
    }

    /** What it wrote, errors apart. */
    private static String run(String... command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("age", ".err");
        Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as("%s: %s", List.of(command), Files.readString(errors))
                .isZero();
        Files.delete(errors);
        return out;
    }
}

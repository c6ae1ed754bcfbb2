package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk of the state directory fills up, on a small file system of its own, and is freed again.
 */
class DiskFullIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** More than who else writes there may free meanwhile, and nothing that Git makes small. */
    private static final byte[] LARGE = new byte[32 << 20];

    @TempDir static Path directory;
    private static Berth berth = new Berth();

    @BeforeAll
    static void up() throws Exception {
        new Random(1).nextBytes(LARGE);
        berth = new Berth(directory);
        Files.createDirectories(berth.home);
        Shell.must(
                directory,
                Map.of(),
                PATIENCE,
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=500m,mode=755",
                "tmpfs",
                berth.home.toString());
        berth.write(
                        "site.yaml",
                        """
                        apiVersion: berth/v1
                        kind: App
                        metadata: {name: site}
                        spec: {static: {path: site}}
                        """)
                .write("site/index.html", "one")
                .push("begin")
                .up();
        berth.awaitBody("site", "/", "one");
    }

    @AfterAll
    static void down() {
        berth.close();
        Shell.run(directory, Map.of(), PATIENCE, "umount", "-l", berth.home.toString());
    }

    @Test
    void diskFull_isSaidAndServedThrough_andRecovers() throws Exception {
        Path filler = berth.home.resolve("filler");
        Shell.run(directory, Map.of(), PATIENCE, "dd", "if=/dev/zero", "of=" + filler, "bs=64k");

        berth.write("site/index.html", "two").write("site/large", LARGE).push("two");

        berth.await(
                "a word about the disk",
                () -> berth.api("resources").toString().matches("(?s).*(?i)(disk|space).*"));
        assertThat(berth.get("site.localhost", "/").body()).isEqualTo("one");

        Files.delete(filler);

        berth.awaitBody("site", "/", "two");
        berth.awaitCondition("app/site", "Ready", "True");
    }
}

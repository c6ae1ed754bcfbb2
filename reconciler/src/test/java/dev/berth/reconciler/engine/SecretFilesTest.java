package dev.berth.reconciler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.secret.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

final class SecretFilesTest {
    @Test
    void tar_files_haveTheirDirectoriesBeforeThemAndNoneAtTheRoot() throws IOException {
        byte[] tar =
                SecretFiles.tar(
                        new TreeMap<>(
                                Map.of(
                                        "/run/secrets/a",
                                        Secret.of("one"),
                                        "/run/secrets/tls/" + "k".repeat(110),
                                        Secret.of("zwei é"))));

        List<String> entries = new ArrayList<>();
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new ByteArrayInputStream(tar), "UTF-8")) {
            for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                entries.add(
                        "%s %o %d:%d %s"
                                .formatted(
                                        e.getName(),
                                        e.getMode(),
                                        e.getLongUserId(),
                                        e.getLongGroupId(),
                                        new String(in.readAllBytes(), StandardCharsets.UTF_8)));
            }
        }

        assertThat(entries)
                .containsExactly(
                        "run/secrets/ 40755 0:0 ",
                        "run/secrets/tls/ 40755 0:0 ",
                        "run/secrets/a 100444 0:0 one",
                        "run/secrets/tls/%s 100444 0:0 zwei é".formatted("k".repeat(110)));
    }
}

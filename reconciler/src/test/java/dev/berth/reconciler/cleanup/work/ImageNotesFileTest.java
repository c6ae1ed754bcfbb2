package dev.berth.reconciler.cleanup.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.cleanup.ImageNotes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImageNotesFileTest {
    @TempDir Path directory;

    private ImageNotesFile file() {
        return new ImageNotesFile(directory.resolve("home/images.json"));
    }

    @Test
    void recall_whatWasRemembered_isTheSame() throws Exception {
        ImageNotes notes =
                new ImageNotes(
                        new TreeMap<>(Map.of("redis:7", "sha256:1")),
                        new TreeMap<>(Map.of("sha256:1", Instant.parse("2026-11-22T12:00:00Z"))),
                        Instant.parse("2026-11-23T12:00:00Z"));

        file().remember(notes);

        assertThat(file().recall()).isEqualTo(notes);
        file().remember(ImageNotes.NONE);
        assertThat(file().recall()).isEqualTo(ImageNotes.NONE);
    }

    @Test
    void recall_missingOrDamaged_isNone() throws Exception {
        assertThat(file().recall()).isEqualTo(ImageNotes.NONE);

        Files.createDirectories(directory.resolve("home"));
        for (String damage :
                new String[] {
                    "", "{", "null", "[]", "{\"pulled\": {\"a\": null}}", "{\"pulled\": 3}"
                }) {
            Files.writeString(directory.resolve("home/images.json"), damage);
            assertThat(file().recall()).as(damage).isEqualTo(ImageNotes.NONE);
        }
    }

    @Test
    void remember_whereNothingCanBeWritten_saysWhatToDo() throws Exception {
        Files.writeString(directory.resolve("home"), "in the way");

        assertThatThrownBy(() -> file().remember(ImageNotes.NONE))
                .isInstanceOf(ReconcileException.Transient.class)
                .hasMessageContaining("images.json")
                .hasMessageContaining("free space or fix its permissions");
    }
}

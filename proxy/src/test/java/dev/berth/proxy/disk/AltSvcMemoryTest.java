package dev.berth.proxy.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AltSvcMemoryTest {
    private static final Duration DAY = Duration.ofDays(1);

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void believed_neverOffered_isFalseAndWritesNothing(@TempDir Path home) {
        assertThat(memory(home).believed()).isFalse();
        assertThat(home).isEmptyDirectory();
    }

    /** However long ago the offer began: it may have been made until the last moment. */
    @Test
    void believed_forAsLongAsClientsRememberTheLastOffer(@TempDir Path home) {
        memory(home).offered();
        now = now.plus(DAY.multipliedBy(9));
        assertThat(memory(home).believed()).isTrue();
        now = now.plus(DAY.minusSeconds(1));
        assertThat(memory(home).believed()).isTrue();
        now = now.plusSeconds(2);
        assertThat(memory(home).believed()).isFalse();
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void believed_offeredAgainMeanwhile_isTrue(@TempDir Path home) {
        memory(home).offered();
        assertThat(memory(home).believed()).isTrue();
        now = now.plus(DAY.multipliedBy(2));
        memory(home).offered();
        assertThat(memory(home).believed()).isTrue();
    }

    @Test
    void believed_fileIsNonsense_isFalse(@TempDir Path home) throws Exception {
        Files.writeString(home.resolve("offered"), "???");
        assertThat(memory(home).believed()).isFalse();
    }

    private AltSvcMemory memory(Path home) {
        InstantSource clock = () -> now;
        return new AltSvcMemory(home.resolve("offered"), DAY, clock);
    }
}

package dev.berth.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TicketKeysTest {
    private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

    @TempDir private Path directory;

    @Test
    void current_withinHalfADay_staysTheSame() {
        TicketKeys keys = new TicketKeys(file());

        assertThat(hex(keys.current(after(11)))).isEqualTo(hex(keys.current(START))).hasSize(1);
    }

    @Test
    void current_afterHalfADay_sealsAnewAndStillOpensTheOld() {
        TicketKeys keys = new TicketKeys(file());
        String first = hex(keys.current(START)).getFirst();
        String second = hex(keys.current(after(12))).getFirst();

        assertThat(hex(keys.current(after(24)))).hasSize(3).endsWith(second, first);
        assertThat(hex(keys.current(after(36)))).hasSize(3).doesNotContain(first);
        assertThat(hex(keys.current(after(24 * 30)))).hasSize(1);
    }

    @Test
    void current_otherProcess_hasTheSameKeys() {
        TicketKeys one = new TicketKeys(file());
        TicketKeys other = new TicketKeys(file());
        one.current(START);
        List<String> rotated = hex(other.current(after(12)));

        assertThat(hex(one.current(after(13)))).isEqualTo(rotated).hasSize(2);
    }

    @Test
    void current_fileCannotBeWritten_keepsItsKeys() throws IOException {
        Files.createDirectories(file().resolve("obstacle"));
        TicketKeys keys = new TicketKeys(file());

        assertThat(hex(keys.current(after(1)))).isEqualTo(hex(keys.current(START))).hasSize(1);
    }

    private static List<String> hex(List<byte[]> keys) {
        return keys.stream().map(HexFormat.of()::formatHex).toList();
    }

    private Path file() {
        return directory.resolve("tickets");
    }

    private static Instant after(int hours) {
        return START.plus(Duration.ofHours(hours));
    }
}

package dev.berth.reconciler.build.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.build.kept.BuildLogReader.Piece;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BuildLogsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir Path directory = Path.of("");

    private BuildLogs logs() {
        return new BuildLogs(directory, line -> line.replace("s3cret", "[secret]"));
    }

    private static String all(BuildLogs logs, String build) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        logs.copyTo(build, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    /** All that comes from somewhere on, by pieces, until nothing is writing. */
    private static String follow(BuildLogs logs, String build, long from) throws Exception {
        StringBuilder text = new StringBuilder();
        Piece piece = logs.read(build, from, LONG);
        while (piece.growing() || !piece.text().isEmpty()) {
            text.append(piece.text());
            piece = logs.read(build, piece.end(), LONG);
        }
        return text.toString();
    }

    @Test
    void line_written_isOnDiskAndCleaned() throws Exception {
        BuildLogs logs = logs();
        try (BuildLogs.Open log = logs.open("shop-1")) {
            log.line("npm ci --token s3cret");
            log.line("ünïcode 🪣");
        }

        assertThat(all(logs, "shop-1")).isEqualTo("npm ci --token [secret]\nünïcode 🪣\n");
        assertThat(all(logs, "shop-2")).isEmpty();
    }

    @Test
    void open_nextAttemptWhileTheFirstGoes_isOneLogUntilBothAreDone() throws Exception {
        BuildLogs logs = logs();
        BuildLogs.Open first = logs.open("shop-1");
        first.line("one");
        try (BuildLogs.Open second = logs.open("shop-1")) {
            first.line("two");
            first.close();
            second.line("three");
            assertThat(logs.read("shop-1", 0, LONG).growing()).isTrue();
        }

        assertThat(all(logs, "shop-1")).isEqualTo("one\ntwo\nthree\n");
        assertThat(logs.read("shop-1", 0, LONG).growing()).isFalse();
    }

    @Test
    void open_attemptsBeforeWroteMuch_beginsAnewAndSaysSo() throws Exception {
        Files.writeString(directory.resolve("shop-1.log"), "x".repeat(40 << 20) + "\n");
        BuildLogs logs = logs();
        try (BuildLogs.Open log = logs.open("shop-1")) {
            log.line("one");
        }

        assertThat(follow(logs, "shop-1", 40 << 20))
                .isEqualTo("[Berth: earlier attempts wrote 40 MiB, which are gone]\none\n");
    }

    @Test
    void read_logBegunAnewWhileSomebodyReads_givesAllOfTheNew() throws Exception {
        Files.writeString(directory.resolve("shop-1.log"), "x".repeat(40 << 20) + "\n");
        BuildLogs logs = logs();
        long place = (40 << 20) + 1;
        assertThat(logs.read("shop-1", place, LONG).text()).isEmpty();
        try (BuildLogs.Open log = logs.open("shop-1")) {
            log.line("one");
            Piece piece = logs.read("shop-1", place, LONG);

            assertThat(piece.text()).endsWith("are gone]\none\n");
            assertThat(piece.end()).isEqualTo(piece.text().length());
        }
    }

    @Test
    void quietSince_oldOnes_areNamed() throws Exception {
        BuildLogs logs = logs();
        assertThat(logs.quietSince(Instant.MAX)).isEmpty();
        for (String build : List.of("shop-1", "shop-2")) {
            try (BuildLogs.Open log = logs.open(build)) {
                log.line("one");
            }
        }
        Files.setLastModifiedTime(
                directory.resolve("shop-1.log"), FileTime.from(Instant.ofEpochSecond(1000)));

        assertThat(logs.quietSince(Instant.ofEpochSecond(2000))).containsExactly("shop-1");
        assertThat(logs.has("shop-2")).isTrue();
        assertThat(logs.has("shop-3")).isFalse();
    }

    @Test
    void read_manyWhoComeEarlyAndLate_allGetEveryByteOnce() throws Exception {
        BuildLogs logs = logs();
        List<String> lines =
                IntStream.range(0, 20_000)
                        .mapToObj(i -> "line %d %s".formatted(i, "x".repeat(i % 90)))
                        .toList();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> all;
            List<Future<String>> early;
            try (BuildLogs.Open log = logs.open("shop-1")) {
                Callable<String> reader = () -> follow(logs, "shop-1", 0);
                early = List.of(readers.submit(reader), readers.submit(reader));
                lines.forEach(log::line);
            }
            all = List.of(() -> follow(logs, "shop-1", 0));
            String stored = all(logs, "shop-1");
            assertThat(stored).isEqualTo(String.join("\n", lines) + "\n");
            for (Future<String> each : early) {
                assertThat(each.get()).isEqualTo(stored);
            }
            for (Future<String> each : readers.invokeAll(all)) {
                assertThat(each.get()).isEqualTo(stored);
            }
        }
    }

    @Test
    void read_fromAnEnd_goesOnThere() throws Exception {
        BuildLogs logs = logs();
        try (BuildLogs.Open log = logs.open("shop-1")) {
            log.line("one");
            Piece one = logs.read("shop-1", 0, LONG);
            log.line("two");

            assertThat(one).isEqualTo(new Piece("one\n", 4, true));
            assertThat(logs.read("shop-1", one.end(), LONG)).isEqualTo(new Piece("two\n", 8, true));
            assertThat(logs.read("shop-1", 8, Duration.ofMillis(1)))
                    .isEqualTo(new Piece("", 8, true));
        }
        assertThat(logs.read("shop-1", 8, LONG)).isEqualTo(new Piece("", 8, false));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 2, 999, Long.MAX_VALUE})
    void read_fromWhereNoLineBegins_beginsAtTheStart(long from) throws Exception {
        BuildLogs logs = logs();
        try (BuildLogs.Open log = logs.open("shop-1")) {
            log.line("one");
        }

        assertThat(logs.read("shop-1", from, LONG)).isEqualTo(new Piece("one\n", 4, false));
    }

    @Test
    void read_lineLongerThanAPiece_isWhole() throws Exception {
        BuildLogs logs = logs();
        String line = "y".repeat(300_000);
        try (BuildLogs.Open log = logs.open("shop-1")) {
            log.line(line);
            log.line("after");
        }

        assertThat(follow(logs, "shop-1", 0)).isEqualTo(line + "\nafter\n");
    }

    @Test
    void open_again_goesOnAndEndsTheLineThatWasCutOff() throws Exception {
        Files.writeString(directory.resolve("shop-1.log"), "one\ntw");
        BuildLogs logs = logs();

        try (BuildLogs.Open log = logs.open("shop-1")) {
            log.line("three");
        }

        assertThat(all(logs, "shop-1")).isEqualTo("one\ntw\nthree\n");
    }

    @Test
    void line_whenInterrupted_isWritten() throws Exception {
        BuildLogs logs = logs();
        try (BuildLogs.Open log = logs.open("shop-1")) {
            Thread.currentThread().interrupt();
            log.line("one");
            log.line("two");
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(all(logs, "shop-1")).isEqualTo("one\ntwo\n");
    }

    @Test
    void line_moreThanIsKept_saysSoAndStops() throws Exception {
        BuildLogs logs = logs();
        String line = "z".repeat(1 << 20);
        try (BuildLogs.Open log = logs.open("shop-1")) {
            for (int i = 0; i < 70; i++) {
                log.line(line);
            }
        }

        long size = Files.size(directory.resolve("shop-1.log"));
        assertThat(size).isBetween(BuildLogs.MOST_BYTES, BuildLogs.MOST_BYTES + (2 << 20));
        assertThat(all(logs, "shop-1")).endsWith("too much to keep]\n");
    }

    @Test
    void anyCall_nameThatIsAPath_isRefused() {
        assertThatThrownBy(() -> logs().read("../memory", 0, LONG))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void open_directoryThatIsAFile_holdsUpNobody() throws Exception {
        Files.writeString(directory.resolve("builds"), "");
        BuildLogs logs = new BuildLogs(directory.resolve("builds"), line -> line);

        try (BuildLogs.Open log = logs.open("shop-1")) {
            log.line("one");
        }

        assertThat(Files.size(directory.resolve("builds"))).isZero();
    }

    @Test
    void forget_builds_removesTheirLogs() throws Exception {
        BuildLogs logs = logs();
        try (BuildLogs.Open log = logs.open("shop-1")) {
            log.line("one");
        }

        logs.forget(List.of("shop-1", "shop-2"));

        assertThat(directory).isEmptyDirectory();
    }
}

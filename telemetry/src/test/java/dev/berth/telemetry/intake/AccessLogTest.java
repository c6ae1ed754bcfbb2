package dev.berth.telemetry.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {
    private static final Duration SOON = Duration.ofMillis(20);

    @TempDir private Path directory;

    @Test
    void append_oneRecord_isOneJsonLineWithinTheFlushTime() {
        try (AccessLog log = AccessLog.open(file(), 1 << 20, 2, SOON)) {
            log.lane().append(record("r1", "/a?b=c", "agent \"x\"\\\u0001\u00e9"));

            await().until(() -> lines(file()).size() == 1);
            Map<?, ?> line = Json.read(lines(file()).getFirst(), Map.class);
            assertThat(line)
                    .hasToString(
                            "{time=2026-01-02T03:04:05.678Z, event=request, id=r1, client=192.0.2.1,"
                                    + " host=a.test, route=a.test/, app=a, method=GET,"
                                    + " target=/a?b=c, protocol=HTTP/1.1, tlsVersion=TLSv1.3,"
                                    + " tlsCipher=TLS_AES_128_GCM_SHA256, tlsResumed=true,"
                                    + " status=200, bytesIn=0, bytesOut=12, durationMs=1.05,"
                                    + " firstByteMs=0.95, upstream=10.0.0.2:80, connectMs=0.0,"
                                    + " upstreamMs=0.9,"
                                    + " userAgent=agent \"x\"\\\u0001\u00e9, ended=complete}");
        }
    }

    @Test
    void append_hugeValue_isCutNotDropped() {
        try (AccessLog log = AccessLog.open(file(), 1 << 20, 2, SOON)) {
            log.lane().append(record("r1", "/" + "\u0001".repeat(100_000), "x"));

            await().until(() -> lines(file()).size() == 1);
            assertThat((String) Json.read(lines(file()).getFirst(), Map.class).get("target"))
                    .hasSize(AccessLine.MAX_VALUE);
            assertThat(log.dropped()).isZero();
        }
    }

    @Test
    void append_manyLanes_keepsEveryLineWhole() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        try (AccessLog log = AccessLog.open(file(), 1 << 30, 2, SOON)) {
            for (int t = 0; t < 3; t++) {
                Lane lane = log.lane();
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            for (int i = 0; i < 2000; i++) {
                                                lane.append(record("r" + i, "/p" + i, "ua"));
                                            }
                                        }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }

        assertThat(lines(file()))
                .hasSize(6000)
                .allSatisfy(line -> assertThat(line).startsWith("{\"time\"").endsWith("}"));
    }

    @Test
    void append_fileGrown_rotatesAndKeepsTheNewest() {
        try (AccessLog log = AccessLog.open(file(), 1000, 2, SOON)) {
            Lane lane = log.lane();
            for (int i = 0; i < 8; i++) {
                lane.append(record("r" + i, "/" + "x".repeat(1000), "ua"));
                String id = "\"r" + i + "\"";
                await().until(() -> lines(file()).stream().anyMatch(line -> line.contains(id)));
            }
        }

        assertThat(names()).containsExactly("access.log", "access.log.1", "access.log.2");
        assertThat(lines(directory.resolve("access.log.2")))
                .singleElement()
                .asString()
                .contains("r5");
    }

    @Test
    void append_diskFull_countsTheLossAndRecovers() throws IOException {
        Files.createSymbolicLink(file(), Path.of("/dev/full"));
        try (AccessLog log = AccessLog.open(file(), 1 << 20, 2, SOON)) {
            Lane lane = log.lane();
            lane.append(record("lost", "/", "ua"));
            await().until(() -> log.dropped() == 1);

            Files.delete(file());
            lane.append(record("kept", "/", "ua"));

            await().until(() -> lines(file()).size() == 1);
            assertThat(lines(file()).getFirst()).contains("kept");
            assertThat(log.dropped()).isEqualTo(1);
        }
    }

    @Test
    void append_writerTooSlow_dropsAndCountsInsteadOfGrowing() {
        LongAdder dropped = new LongAdder();
        Lane lane = new Lane(dropped, () -> {});

        for (int i = 0; i < 1000; i++) {
            lane.append(record("r" + i, "/" + "x".repeat(4000), "ua"));
        }

        int kept = 0;
        for (Chunk chunk = lane.take(); chunk != null; chunk = lane.take()) {
            kept += chunk.lines();
            lane.recycle(chunk);
        }
        assertThat(dropped.sum()).isPositive();
        assertThat(kept + dropped.sum()).isEqualTo(1000);
        assertThat(kept).isLessThanOrEqualTo(16 * 16);
    }

    private Path file() {
        return directory.resolve("access.log");
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file)
                    ? Files.readString(file, StandardCharsets.UTF_8).lines().toList()
                    : List.of();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static AccessRecord record(String id, String target, @Nullable String userAgent) {
        return new AccessRecord(
                Instant.parse("2026-01-02T03:04:05.678Z"),
                AccessRecord.Event.Request,
                id,
                null,
                "192.0.2.1",
                "GET",
                target,
                "HTTP/1.1",
                new AccessRecord.Tls("TLSv1.3", "TLS_AES_128_GCM_SHA256", true),
                new AccessRecord.Place("a.test", "a.test/", "a", "10.0.0.2:80"),
                200,
                0,
                12,
                new AccessRecord.Timing(1050, 950, 0, 900, -1),
                0,
                userAgent,
                null,
                null,
                "complete");
    }
}

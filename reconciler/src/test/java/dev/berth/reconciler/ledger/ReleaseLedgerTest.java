package dev.berth.reconciler.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.schemas.config.ResourceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReleaseLedgerTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    @TempDir Path directory = Path.of("");

    private static KnownRelease release(String id) {
        ContainerTemplate template =
                new ContainerTemplate.Draft("shop:" + id)
                        .command(List.of("serve"))
                        .env(new TreeMap<>(Map.of("A", "b")))
                        .port(80, null)
                        .make();
        return new KnownRelease(
                id,
                "shop:" + id,
                "c0ffee",
                Instant.EPOCH,
                new TreeMap<>(Map.of("web", template)),
                new TreeMap<>(Map.of("web", 2)));
    }

    @Test
    void ready_severalReleases_areKnownNewestFirstAlsoAfterARestart() {
        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory.resolve("releases"));
        ledger.ready(SHOP, release("1"), 2);
        ledger.ready(SHOP, release("2"), 2);
        ledger.ready(SHOP, release("3"), 2);
        ledger.ready(SHOP, release("2"), 2);

        assertThat(ReleaseLedger.inDirectory(directory.resolve("releases")).of(SHOP))
                .containsExactly(release("2"), release("3"))
                .isEqualTo(ledger.of(SHOP));
    }

    @Test
    void ready_theSameAgain_writesNothing() throws Exception {
        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory);
        ledger.ready(SHOP, release("1"), 5);
        Files.delete(directory.resolve("shop.json"));

        ledger.ready(SHOP, release("1"), 5);

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void ready_otherReplicas_areCountedAnew() {
        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory);
        ledger.ready(SHOP, release("1"), 5);
        TreeMap<String, Integer> three = new TreeMap<>(Map.of("web", 3));

        ledger.ready(SHOP, release("1").with(three), 5);

        assertThat(ReleaseLedger.inDirectory(directory).of(SHOP))
                .containsExactly(release("1").with(three));
    }

    /** Berth before 2026-11-22 wrote neither how many there were nor which one served. */
    @Test
    void of_fileOfBefore_isReadAndNothingIsMadeUp() throws Exception {
        ReleaseLedger.inDirectory(directory).ready(SHOP, release("1"), 5);
        Path file = directory.resolve("shop.json");
        String now = Files.readString(file);
        String before =
                now.replace(",\"replicas\":{\"web\":2}", "")
                        .replaceFirst(",\"inTraffic\":\\{[^}]*}", "");
        assertThat(before).doesNotContain("replicas", "inTraffic").isNotEqualTo(now);
        Files.writeString(file, before);

        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory);

        assertThat(ledger.of(SHOP)).containsExactly(release("1").with(new TreeMap<>()));
    }

    @Test
    void of_fileSaysNotWhatServed_isNone() throws Exception {
        Files.writeString(directory.resolve("shop.json"), "{\"releases\": [], \"inTraffic\": {}}");

        assertThat(ReleaseLedger.inDirectory(directory).of(SHOP)).isEmpty();
    }

    @Test
    void of_fileBroken_isNone() throws Exception {
        Files.writeString(directory.resolve("shop.json"), "{\"releases\": [{}]}");

        assertThat(ReleaseLedger.inDirectory(directory).of(SHOP)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "image", "revision", "readyAt", "processes", "web"})
    void of_partDamaged_isNoneAndTheNextReadyReleaseIsKnown(String part) throws Exception {
        ReleaseLedger.inDirectory(directory).ready(SHOP, release("1"), 5);
        Path file = directory.resolve("shop.json");
        String whole = Files.readString(file);
        String damaged =
                part.equals("web")
                        ? whole.replaceFirst("\"web\":\\{.*", "\"web\":null}}]}")
                        : whole.replaceFirst("\"" + part + "\":", "\"x" + part + "\":");
        assertThat(damaged).isNotEqualTo(whole);
        Files.writeString(file, damaged);

        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory);

        assertThat(ledger.of(SHOP)).isEmpty();
        ledger.ready(SHOP, release("2"), 5);
        assertThat(ReleaseLedger.inDirectory(directory).of(SHOP)).containsExactly(release("2"));
    }
}

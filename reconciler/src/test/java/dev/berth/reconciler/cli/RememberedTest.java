package dev.berth.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Memory;
import dev.berth.reconciler.live.MemoryFile;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.source.DirectoryTree;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code plan} knows of what control has learnt. */
final class RememberedTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ResourceId IMPORT = new ResourceId(Kind.Job, "import");
    private static final ResourceId PRUNE = new ResourceId(Kind.Job, "shop.prune");
    private static final Instant NINE = Instant.parse("2026-11-21T09:00:00Z");
    @TempDir Path directory = Path.of("");
    private Path home = Path.of("");

    @BeforeEach
    void makeHome() {
        home = directory.resolve("home");
    }

    private DesiredState.Known desired() throws Exception {
        Path config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(
                config.resolve("berth.yaml"),
                """
                apiVersion: berth/v1
                kind: Instance
                metadata: {name: home}
                spec: {}
                ---
                apiVersion: berth/v1
                kind: App
                metadata: {name: shop}
                spec: {image: x, cron: [{name: prune, schedule: '@hourly', command: [prune]}]}
                """);
        return (DesiredState.Known)
                new DesiredStateLoader(
                                source -> new SourceReading.Unavailable("no repo " + source.repo()),
                                LastGood.none())
                        .load(
                                new SourceReading.Fresh(
                                        new Revision("main", "0".repeat(40), "", NINE),
                                        DirectoryTree.of(config)));
    }

    private static Observation nothing() {
        return new Observation.Known(
                new LiveState(
                        List.of(),
                        Map.of(),
                        Map.of(),
                        new ServedRoutes.NotKnown("no edge"),
                        Map.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(),
                        Map.of(),
                        Map.of()));
    }

    private SortedMap<String, String> files() throws Exception {
        SortedMap<String, String> files = new TreeMap<>();
        if (Files.exists(home)) {
            try (Stream<Path> all = Files.walk(home)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    files.put(home.relativize(file).toString(), Files.readString(file));
                }
            }
        }
        return files;
    }

    private Map<ResourceId, Instant> schedules(Remembered remembered, Instant now)
            throws Exception {
        Observation seen = remembered.ledgers().schedules().note(desired(), nothing(), now);
        return ((Observation.Known) seen).live().schedulesSince();
    }

    @Test
    void in_homeOfControl_knowsWhatItKnowsAndWritesNothing() throws Exception {
        new MemoryFile(home.resolve("memory.json"), text -> text)
                .remember(
                        new Memory(
                                Map.of(
                                        SHOP.toString(),
                                        new Memory.Failure(
                                                "g1", 1, null, ReasonCode.StartFailed, "no")),
                                Map.of(),
                                Map.of(),
                                Map.of(IMPORT.toString(), new Memory.StartedJob("run", 0))));
        Ledgers.in(home).schedules().note(desired(), nothing(), NINE);
        SortedMap<String, String> before = files();
        assertThat(before).containsOnlyKeys("memory.json", "schedules.json");

        Instant now = NINE.plus(Duration.ofHours(2));
        Remembered remembered = Remembered.in(home, now);

        assertThat(remembered.failures().get(SHOP)).matches(its -> its.stands("g1", now));
        assertThat(remembered.jobs()).containsOnlyKeys(IMPORT);
        assertThat(schedules(remembered, now)).containsExactly(Map.entry(PRUNE, NINE));
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void in_emptyHome_knowsNothingAndTakesSchedulesForNew() throws Exception {
        assertThat(schedules(Remembered.in(home, NINE), NINE))
                .containsExactly(Map.entry(PRUNE, NINE));
        assertThat(files()).isEmpty();
    }
}

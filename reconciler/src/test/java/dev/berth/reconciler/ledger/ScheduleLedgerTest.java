package dev.berth.reconciler.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScheduleLedgerTest {
    private static final ResourceId PRUNE = new ResourceId(Kind.Job, "shop.prune");
    private static final Instant NINE = Instant.parse("2026-11-21T09:00:00Z");
    private static final Instant TEN = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir Path directory = Path.of("");

    @Test
    void note_seenBefore_isKnownSinceThenAlsoAfterARestart() {
        Path file = directory.resolve("deep/schedules.json");
        ScheduleLedger.inFile(file).note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), NINE);

        assertThat(
                        ScheduleLedger.inFile(file)
                                .note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), TEN))
                .containsExactly(Map.entry(PRUNE, NINE));
    }

    @Test
    void note_otherScheduleOrClockSetBack_isNew() {
        ScheduleLedger ledger = ScheduleLedger.inMemory();
        ledger.note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), NINE);

        assertThat(ledger.note(Map.of(PRUNE, "@hourly"), _ -> false, Map.of(), TEN))
                .containsValue(TEN);
        assertThat(ledger.note(Map.of(PRUNE, "@hourly"), _ -> false, Map.of(), NINE))
                .containsValue(NINE);
    }

    @Test
    void note_goneForAWhile_isNew() {
        ScheduleLedger ledger = ScheduleLedger.inMemory();
        ledger.note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), NINE);
        ledger.note(Map.of(), _ -> false, Map.of(), NINE);

        assertThat(ledger.note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), TEN))
                .containsValue(TEN);
    }

    @Test
    void note_fileBroken_goesOnWithoutIt() throws Exception {
        Path file = Files.writeString(directory.resolve("schedules.json"), "{");

        assertThat(
                        ScheduleLedger.inFile(file)
                                .note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), TEN))
                .containsValue(TEN);
        assertThat(Files.readString(file)).contains("job/shop.prune", "@daily");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "{'schedules': {'job/shop.prune': null}}",
                "{'schedules': {'job/shop.prune': {}}}",
                "{'schedules': {'job/shop.prune': {'schedule': '@daily'}}}",
                "{'schedules': {'job/shop.prune': {'since': '2026-11-21T09:00:00Z'}}}",
                "{'schedules': {'jbo/shop.prune': {'schedule': '@daily', 'since': '2026-11-21T09:00:00Z'}}}",
                "{'schedules': {'': {'schedule': '@daily', 'since': '2026-11-21T09:00:00Z'}}}"
            })
    void note_entryDamaged_goesOnWithoutTheFile(String damaged) throws Exception {
        Path file =
                Files.writeString(directory.resolve("schedules.json"), damaged.replace('\'', '"'));

        assertThat(
                        ScheduleLedger.inFile(file)
                                .note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), TEN))
                .containsExactly(Map.entry(PRUNE, TEN));
        assertThat(Files.readString(file)).contains("job/shop.prune", "@daily");
    }

    @Test
    void note_fileCannotBeWritten_remembersAndWritesLater() throws Exception {
        Path file = directory.resolve("schedules.json");
        Files.createDirectories(file.resolve("in the way"));
        ScheduleLedger ledger = ScheduleLedger.inFile(file);
        ledger.note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), NINE);
        Files.delete(file.resolve("in the way"));
        Files.delete(file);

        assertThat(ledger.note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), TEN))
                .containsValue(NINE);
        assertThat(
                        ScheduleLedger.inFile(file)
                                .note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), TEN))
                .containsValue(NINE);
    }

    @Test
    void note_unclearWhetherItIsThere_staysAsItWas() {
        ScheduleLedger ledger = ScheduleLedger.inMemory();
        ledger.note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), NINE);
        ledger.note(Map.of(), _ -> true, Map.of(), TEN);

        assertThat(ledger.note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), TEN))
                .containsValue(NINE);
    }

    @Test
    void reading_knowsWhatIsWrittenAndWritesNothing() throws Exception {
        Path file = directory.resolve("schedules.json");
        ScheduleLedger.inFile(file).note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), NINE);
        String before = Files.readString(file);

        assertThat(
                        ScheduleLedger.reading(file)
                                .note(Map.of(PRUNE, "@daily"), _ -> false, Map.of(), TEN))
                .containsValue(NINE);
        ScheduleLedger.reading(file).note(Map.of(), _ -> false, Map.of(), TEN);
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void note_runThatTheEngineHasForgotten_staysKnownOverRestarts() {
        Path file = directory.resolve("schedules.json");
        ScheduleLedger.inFile(file)
                .note(Map.of(PRUNE, "@hourly"), _ -> false, Map.of(PRUNE, NINE), NINE);
        ScheduleLedger.inFile(file)
                .note(Map.of(PRUNE, "@hourly"), _ -> false, Map.of(PRUNE, TEN), TEN);

        assertThat(
                        ScheduleLedger.inFile(file)
                                .note(
                                        Map.of(PRUNE, "@hourly"),
                                        _ -> false,
                                        Map.of(),
                                        TEN.plusSeconds(60)))
                .containsEntry(PRUNE, TEN);
    }

    @Test
    void note_clockSetBack_whatRanIsNotDueAgain() {
        ScheduleLedger ledger = ScheduleLedger.inMemory();
        ledger.note(Map.of(PRUNE, "@hourly"), _ -> false, Map.of(), NINE);
        ledger.note(Map.of(PRUNE, "@hourly"), _ -> false, Map.of(PRUNE, TEN), TEN);

        assertThat(ledger.note(Map.of(PRUNE, "@hourly"), _ -> false, Map.of(), NINE))
                .containsEntry(PRUNE, NINE);
    }
}

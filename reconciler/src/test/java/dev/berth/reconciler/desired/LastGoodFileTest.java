package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.schemas.config.Command;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.VolumeId;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LastGoodFileTest {
    private static final LastGood.Memory MEMORY =
            new LastGood.Memory(
                    Map.of("a.yaml", "kind: App\n# é\n"),
                    Map.of("x.y /", ResourceId.app("a")),
                    Map.of("app/a", new SourcePin(null, Repo.revision("main", 1), "web", "0123")),
                    Set.of(new VolumeId(ResourceId.app("a"), "data")));

    @TempDir Path directory = Path.of("");

    @Test
    void remember_thenNewProcess_recallsTheSame() throws ReconcileException {
        Path deep = directory.resolve("state/desired");
        new LastGoodFile(deep).remember(MEMORY);

        assertThat(new LastGoodFile(deep).recall()).isEqualTo(MEMORY);
        assertThat(deep).isDirectoryContaining("glob:**/last-good.json");
        assertThat(deep.toFile().list()).hasSize(1);
    }

    @Test
    void remember_recipes_areRecalledAsTheyWere() throws ReconcileException {
        Recipe.Recognised as = new Recipe.Recognised("Express", "express in package.json");
        SortedMap<String, Command> others = new TreeMap<>();
        others.put("worker", Command.shell("node w.js"));
        SortedMap<String, Recipe> recipes = new TreeMap<>();
        recipes.put("app/a", new Recipe.Own("Dockerfile"));
        recipes.put("app/b", new Recipe.AsItIs(as, ".", "public", true));
        recipes.put(
                "app/c",
                new Recipe.Written(
                        as, ".", "FROM a\n", new Recipe.Program(80, Command.shell("m"), others)));
        recipes.put("app/d", new Recipe.Written(as, ".", "FROM a\n", new Recipe.Site(true)));
        LastGood.Memory memory =
                new LastGood.Memory(
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        recipes,
                        new TreeSet<>(),
                        new TreeMap<>());
        new LastGoodFile(directory).remember(memory);

        assertThat(new LastGoodFile(directory).recall()).isEqualTo(memory);
    }

    @Test
    void recall_nothingThere_isEmpty() {
        assertThat(new LastGoodFile(directory).recall()).isEqualTo(LastGood.Memory.EMPTY);
    }

    @Test
    void recall_fileOfAnOlderBerth_lacksWhatThatDidNotKnow() throws IOException {
        Files.writeString(
                directory.resolve("last-good.json"), "{\"files\":{},\"claims\":{},\"pins\":{}}");

        assertThat(new LastGoodFile(directory).recall()).isEqualTo(LastGood.Memory.EMPTY);
    }

    @Test
    void recall_corruptFile_isEmptyAndReplacedByTheNext() throws IOException, ReconcileException {
        Files.writeString(directory.resolve("last-good.json"), "{\"files\": {\"a");
        LastGoodFile lastGood = new LastGoodFile(directory);

        assertThat(lastGood.recall()).isEqualTo(LastGood.Memory.EMPTY);
        lastGood.remember(MEMORY);
        assertThat(new LastGoodFile(directory).recall()).isEqualTo(MEMORY);
    }

    @Test
    void remember_theSameAgain_writesNothing() throws IOException, ReconcileException {
        LastGoodFile lastGood = new LastGoodFile(directory);
        lastGood.remember(MEMORY);
        Path file = directory.resolve("last-good.json");
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        lastGood.remember(MEMORY);

        assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void remember_directoryCantBeWritten_saysSoRecallsAndRecovers()
            throws IOException, ReconcileException {
        Path blocked = directory.resolve("blocked");
        Files.writeString(blocked, "a file where the directory should be");
        LastGoodFile lastGood = new LastGoodFile(blocked);

        assertThatThrownBy(() -> lastGood.remember(MEMORY))
                .isInstanceOfSatisfying(
                        ReconcileException.Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.DiskFull))
                .hasMessageContaining("blocked/last-good.json")
                .hasMessageContaining("free space");
        assertThat(lastGood.recall()).isEqualTo(MEMORY);

        Files.delete(blocked);
        lastGood.remember(MEMORY);
        assertThat(new LastGoodFile(blocked).recall()).isEqualTo(MEMORY);
    }
}

package dev.berth.reconciler.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemoryFileTest {
    private static final Memory MEMORY =
            new Memory(
                    Map.of(
                            "app/shop",
                            new Memory.Failure(
                                    "a1", 3, null, ReasonCode.StartFailed, "said s3cret"),
                            "app/blog",
                            new Memory.Failure(
                                    "b1", 1, Instant.EPOCH, ReasonCode.PullFailed, "busy")),
                    Map.of("app/shop", "a0"),
                    Map.of("app/shop", new Memory.Repair("a0", 2, Instant.EPOCH)),
                    Map.of(
                            "job/import",
                            new Memory.StartedJob("j1", 0),
                            "job/clean",
                            new Memory.StartedJob("j2", null)));
    @TempDir Path directory;

    private MemoryFile file() {
        return new MemoryFile(
                directory.resolve("home").resolve("memory.json"),
                text -> text.replace("s3cret", "***"));
    }

    @Test
    void remember_thenRecalledByAnother_isTheSameWithoutSecrets() throws Exception {
        file().remember(MEMORY);

        assertThat(file().recall()).isEqualTo(MEMORY.cleaned(t -> t.replace("s3cret", "***")));
        assertThat(directory.resolve("home").resolve("memory.json"))
                .content()
                .doesNotContain("s3cret");
    }

    @Test
    void recall_nothingThere_isEmpty() {
        assertThat(file().recall()).isEqualTo(Memory.EMPTY);
    }

    @Test
    void recall_unreadable_isEmpty() throws Exception {
        file().remember(MEMORY);
        for (String text :
                new String[] {
                    "",
                    "{\"failures\": {\"app/shop\": 3}}",
                    "\u0000\u0000",
                    "{\"worked\": {\"kind-of-tomorrow/main\": \"1\"}}",
                    "{\"failures\": {\"app/shop\": {\"reason\": \"PullFailed\"}}}",
                    "{\"repairs\": {\"app/shop\": {\"times\": 1}}}",
                    "{\"jobs\": {\"job/import\": {}}}"
                }) {
            Files.writeString(directory.resolve("home").resolve("memory.json"), text);

            assertThat(file().recall()).as(text).isEqualTo(Memory.EMPTY);
        }
    }

    @Test
    void recall_ofAnOlderVersion_hasWhatItKnew() throws Exception {
        file().remember(Memory.EMPTY);
        Files.writeString(
                directory.resolve("home").resolve("memory.json"), "{\"worked\":{\"app/a\":\"1\"}}");

        assertThat(file().recall().worked()).containsEntry("app/a", "1");
    }

    @Test
    void remember_onADiskThatCannotBeWritten_saysWhatToDo() throws Exception {
        Files.writeString(directory.resolve("home"), "no directory");

        assertThatThrownBy(() -> file().remember(MEMORY))
                .isInstanceOf(ReconcileException.Transient.class)
                .hasMessageContaining("memory.json")
                .hasMessageContaining("free space");
    }
}

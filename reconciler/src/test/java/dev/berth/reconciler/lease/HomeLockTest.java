package dev.berth.reconciler.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HomeLockTest {
    @TempDir Path directory;

    @Test
    void take_twice_isRefusedUntilTheFirstIsGone() throws Exception {
        String id;
        try (HomeLock first = HomeLock.take(directory)) {
            id = first.id();
            assertThatThrownBy(() -> HomeLock.take(directory))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("BERTH_HOME");
        }

        try (HomeLock second = HomeLock.take(directory)) {
            assertThat(second.id()).isEqualTo(id);
        }
    }

    @Test
    void take_ofAnotherHome_hasAnotherId() throws Exception {
        try (HomeLock one = HomeLock.take(directory.resolve("one"));
                HomeLock two = HomeLock.take(directory.resolve("two"))) {
            assertThat(one.id()).isNotEqualTo(two.id());
        }
    }

    @Test
    void take_ofACopy_isAHomeOfItsOwn() throws Exception {
        Path home = Files.createDirectory(directory.resolve("home"));
        String id = idOf(home);
        Path copy = Files.createDirectory(directory.resolve("copy"));
        for (String file : List.of("id", "id-place")) {
            Files.copy(home.resolve(file), copy.resolve(file));
        }

        String other = idOf(copy);

        assertThat(other).isNotEqualTo(id);
        assertThat(idOf(copy)).isEqualTo(other);
        assertThat(idOf(home)).isEqualTo(id);
    }

    @Test
    void take_ofAHomeThatWasRenamed_keepsItsId() throws Exception {
        Path home = Files.createDirectory(directory.resolve("home"));
        String id = idOf(home);

        Path renamed = Files.move(home, directory.resolve("renamed"));

        assertThat(idOf(renamed)).isEqualTo(id);
    }

    @Test
    void take_ofAHomeOfAnEarlierVersion_keepsItsId() throws Exception {
        Files.writeString(directory.resolve("id"), "ann\n");

        assertThat(idOf(directory)).isEqualTo("ann");
        assertThat(directory.resolve("id-place")).exists();
    }

    private static String idOf(Path home) throws IOException {
        try (HomeLock lock = HomeLock.take(home)) {
            return lock.id();
        }
    }

    @Test
    void take_onADiskThatCannotBeWritten_isAHomeOfItsOwn() throws Exception {
        Path home = Files.writeString(directory.resolve("file"), "no directory");

        try (HomeLock lock = HomeLock.take(home)) {
            assertThat(lock.id()).isNotBlank();
        }
    }
}

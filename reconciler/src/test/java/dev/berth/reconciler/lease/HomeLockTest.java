package dev.berth.reconciler.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
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
    void take_onADiskThatCannotBeWritten_isAHomeOfItsOwn() throws Exception {
        Path home = Files.writeString(directory.resolve("file"), "no directory");

        try (HomeLock lock = HomeLock.take(home)) {
            assertThat(lock.id()).isNotBlank();
        }
    }
}

package dev.berth.liberty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.lease.HomeLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start leaves that comes to nothing. */
@SuppressWarnings("NullAway.Init") // JUnit fills the fields
final class ControlProcessTest {
    @TempDir Path home;

    private WiredControl control() {
        return new WiredControl(home, home.resolve("config"));
    }

    @Test
    void make_homeOfAnotherProcess_touchesNoKeys() throws Exception {
        try (HomeLock other = HomeLock.take(home)) {
            assertThat(other.id()).isNotEmpty();

            assertThatThrownBy(this::control)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another Berth runs with the home");

            assertThat(home.resolve("keys")).doesNotExist();
        }
    }

    @Test
    void make_keysThatCannotBeRead_leavesTheHomeFree() throws Exception {
        Path keys = Files.createDirectory(home.resolve("keys")).resolve("secrets.key");
        Files.writeString(keys, "no key");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));

        assertThatThrownBy(this::control)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("secrets.key");

        HomeLock.take(home).close();
    }
}

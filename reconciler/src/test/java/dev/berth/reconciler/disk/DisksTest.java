package dev.berth.reconciler.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DisksTest {
    @TempDir Path directory;

    @Test
    void of_directory_isItsDisk() {
        DiskUse disk = Disks.of(directory).orElseThrow();

        assertThat(disk.directory()).isEqualTo(directory.toString());
        assertThat(disk.percent()).isBetween(0.0, 100.0);
    }

    @Test
    void of_missingDirectoryOrOneWithoutADisk_isEmpty() {
        assertThat(Disks.of(directory.resolve("missing"))).isEmpty();
        assertThat(Disks.of(Path.of("/proc"))).isEmpty();
    }

    @Test
    void isAbove_share_countsFromThatOn() {
        DiskUse disk = new DiskUse("/", 1000, 150);

        assertThat(disk.isAbove(85)).isTrue();
        assertThat(disk.isAbove(86)).isFalse();
        assertThat(disk.percent()).isEqualTo(85.0);
    }

    @Test
    void diskUse_moreFreeThanThereIs_isRefused() {
        assertThatThrownBy(() -> new DiskUse("/", 10, 11))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package dev.berth.reconciler.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.disk.DiskUse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RoomTest {
    private static final DiskUse ENGINE = new DiskUse("/var/lib/docker", 100L << 30, 7L << 30);
    private static final DiskUse HOME = new DiskUse("/srv/berth", 20L << 30, 10L << 30);

    @Test
    void of_diskAboveTheMark_saysWhichAndWhatToDo() {
        Room room = Room.of(List.of(ENGINE, HOME), 85, true);

        assertThat(room.enough()).isFalse();
        assertThat(room.message())
                .isEqualTo(
                        "the disk with /var/lib/docker is 93 % full, 7.0 GiB are free, above 85 %:"
                                + " Berth has removed what nobody needs; delete what you don't need,"
                                + " or give it a larger disk. Builds and releases fail once it is"
                                + " full");
    }

    @Test
    void of_oneDiskForBoth_saysItOnce() {
        Room room = Room.of(List.of(ENGINE, new DiskUse("/srv/b", 100L << 30, 7L << 30)), 85, true);

        assertThat(room.message()).doesNotContain("/srv/b");
    }

    @Test
    void of_cleaningSwitchedOff_saysSo() {
        assertThat(Room.of(List.of(ENGINE), 85, false).message())
                .contains("spec.cleanup.enabled is false");
    }

    @Test
    void of_disksBelowTheMarkOrNone_isEnough() {
        assertThat(Room.of(List.of(ENGINE, HOME), 94, true).enough()).isTrue();
        assertThat(Room.of(List.of(), 85, true).enough()).isTrue();
    }

    @Test
    void text_ofAmounts_isAsPeopleWriteThem() {
        assertThat(List.of(0L, 1023L, 1024L, 213L << 20, 1500L << 20, 3L << 40))
                .extracting(Bytes::text)
                .containsExactly(
                        "0 bytes", "1023 bytes", "1.0 KiB", "213 MiB", "1.5 GiB", "3.0 TiB");
        assertThat(List.of(Duration.ofDays(7), Duration.ofHours(1), Duration.ofMinutes(5)))
                .extracting(Bytes::text)
                .containsExactly("7 days", "1 hour", "5 minutes");
    }
}

package dev.berth.schemas.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.status.PreviewStatus.State;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What strangers wrote is made harmless where it comes in. */
final class PreviewStatusTest {
    @Test
    void title_turnsTextAround_isToldWithoutThat() {
        PreviewStatus status = status("fix \u202Egpj.exe\u2066 \u200Fnow\u061C", null);

        assertThat(status.title()).isEqualTo("fix gpj.exe now");
    }

    @Test
    void title_speaksToTerminals_isOneLineWithoutThat() {
        PreviewStatus status = status(" one\r\n\ttwo\u001b[2J\u2028three\u0000 ", null);

        assertThat(status.title()).isEqualTo("one two [2J three");
    }

    @Test
    void title_isLong_isCutBetweenCharacters() {
        PreviewStatus status = status("\uD83D\uDEA2".repeat(500), null);

        assertThat(status.title()).isEqualTo("\uD83D\uDEA2".repeat(119) + "…");
        assertThat(status("x".repeat(120), null).title()).hasSize(120).doesNotContain("…");
    }

    @Test
    void branchAndAuthor_areTreatedAsTitles() {
        PreviewStatus status = status("b\u202Eb", null);

        assertThat(status.branch()).isEqualTo("bb");
        assertThat(status.author()).isEqualTo("bb");
    }

    @Test
    void message_cleaned_keepsItsLinesAndAllOfThem() {
        String log = "line of a log\n".repeat(60);
        PreviewStatus status = status("t", "failed\n\u202E\u001b[31m\t" + log);

        assertThat(status.cleaned(words -> words).message()).isEqualTo("failed\n[31m\t" + log);
    }

    @Test
    void cleaned_wordsOfAnyField_areCleaned() {
        PreviewStatus status =
                status("s3cret", "says s3cret").cleaned(words -> words.replace("s3cret", "***"));

        assertThat(status.title()).isEqualTo("***");
        assertThat(status.branch()).isEqualTo("***");
        assertThat(status.author()).isEqualTo("***");
        assertThat(status.message()).isEqualTo("says ***");
    }

    private static PreviewStatus status(String words, @Nullable String message) {
        PreviewId id = PreviewId.ofPull("shop", 12);
        return new PreviewStatus(
                id.parent(),
                id.id(),
                12,
                words,
                "https://example.com/shop",
                words,
                null,
                words,
                "c0ffee00".repeat(5),
                null,
                null,
                State.None,
                null,
                message,
                null,
                Instant.EPOCH,
                null);
    }
}

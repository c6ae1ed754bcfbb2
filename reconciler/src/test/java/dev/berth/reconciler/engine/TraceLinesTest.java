package dev.berth.reconciler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.buildlog.TraceMessages;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TraceLinesTest {
    private static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05Z");

    private final List<String> told = new ArrayList<>();
    private final TraceLines lines =
            new TraceLines(text -> text.replace("s3cret", "***"), told::add);

    @Test
    void read_stepsWithOutput_areLinesAsPeopleKnowThem() {
        vertex("a", "[1/2] FROM busybox:1", false, null, "");
        vertex("a", "[1/2] FROM busybox:1", true, BEGIN, "");
        vertex("b", "[2/2] RUN npm ci\n  --x", false, null, "");
        output("b", 1204, "added 3 ".getBytes(StandardCharsets.UTF_8));
        output("b", 1250, "packages\r\nmore".getBytes(StandardCharsets.UTF_8));
        vertex("b", "[2/2] RUN npm ci\n  --x", false, BEGIN.plusMillis(2149), "");
        vertex("b", "[2/2] RUN npm ci\n  --x", false, BEGIN.plusMillis(2149), "");

        assertThat(told)
                .containsExactly(
                        "#1 [1/2] FROM busybox:1",
                        "#1 CACHED",
                        "#2 [2/2] RUN npm ci --x",
                        "#2 1.250 added 3 packages",
                        "#2 1.250 more",
                        "#2 DONE 2.1s");
        assertThat(lines.failedLines()).isEmpty();
    }

    @Test
    void read_charactersCutInPieces_areWhole() {
        byte[] umlaut = "ü\n".getBytes(StandardCharsets.UTF_8);
        vertex("a", "x", false, null, "");

        output("a", 0, Arrays.copyOf(umlaut, 1));
        output("a", 0, Arrays.copyOfRange(umlaut, 1, umlaut.length));

        assertThat(told).last().isEqualTo("#1 0.000 ü");
    }

    @Test
    void read_failedBesideAnother_keepsItsOwnLines() {
        vertex("a", "[a 1/1] RUN x", false, null, "");
        vertex("b", "[b 1/1] RUN y", false, null, "");
        output("b", 10, "it is broken\n".getBytes(StandardCharsets.UTF_8));
        output("a", 20, "all is well\n".getBytes(StandardCharsets.UTF_8));
        vertex("a", "[a 1/1] RUN x", false, BEGIN, "process: context canceled");
        vertex("b", "[b 1/1] RUN y", false, BEGIN, "executor failed: exit code: 3");

        assertThat(lines.failedLines()).containsExactly("it is broken");
        assertThat(told).contains("#1 CANCELED", "#2 ERROR: executor failed: exit code: 3");
    }

    @Test
    void end_linesThatNeverEnded_areToldToo() {
        vertex("a", "x", false, null, "");
        vertex("b", "y", false, null, "");
        vertex("b", "y", false, BEGIN, "");
        output("b", 10, "late".getBytes(StandardCharsets.UTF_8));
        output("a", 20, "cut off".getBytes(StandardCharsets.UTF_8));

        lines.end();

        assertThat(told)
                .containsExactly(
                        "#1 x", "#2 y", "#2 DONE 0.0s", "#1 0.020 cut off", "#2 0.010 late");
    }

    @Test
    void read_malformed_isPassedOver() {
        lines.read(new byte[] {0x0A, 0x7F, 1});
        lines.read(new byte[] {0x0B});
        vertex("a", "x", false, null, "");

        assertThat(told).containsExactly("#1 x");
    }

    @Test
    void read_messageOfARealEngine_isRead() {
        lines.read(
                Base64.getDecoder()
                        .decode(
                                "CosBCkdzaGEyNTY6NDcxNDg2MjRlOWZiZDE2MWZkOGU1Njc5N2EyNTFmNzQ2MGEzNjMwNGE0ODE2Y2Q5YTU0MGNkMWFhZDU1YmQ3MxokW2ludGVybmFsXSBsb2FkIHJlbW90ZSBidWlsZCBjb250ZXh0KgwIu6CK2AYQ9pmuiQEyDAi7oIrYBhCU/ayNAQ=="));

        assertThat(told).containsExactly("#1 [internal] load remote build context", "#1 DONE 0.0s");
    }

    private void vertex(
            String digest, String name, boolean cached, @Nullable Instant completed, String error) {
        lines.read(TraceMessages.vertex(digest, name, cached, BEGIN, completed, error));
    }

    private void output(String digest, int millis, byte[] piece) {
        lines.read(TraceMessages.output(digest, BEGIN.plusMillis(millis), piece));
    }
}

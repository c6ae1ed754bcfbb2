package dev.berth.reconciler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutputLinesTest {
    private final List<String> lines = new ArrayList<>();
    private final OutputLines output = new OutputLines(OutputLines.TOLD, lines::add);

    @Test
    void add_allLineEnds_cutOnce() {
        output.add("a\nb\r\nc\rd\r");
        output.add("\n\ne");
        output.end();
        output.end();

        assertThat(lines).containsExactly("a", "b", "c", "d", "", "e");
    }

    @Test
    void add_characterInTwoPieces_isWhole() {
        byte[] euro = "€\n".getBytes(StandardCharsets.UTF_8);
        output.add(new byte[] {euro[0], euro[1]});
        output.add(new byte[] {euro[2], euro[3]});

        assertThat(lines).containsExactly("€");
    }

    @Test
    void add_endlessLine_isCut() {
        for (int i = 0; i < 100; i++) {
            output.add("x".repeat(1000));
        }
        output.add("\nnext\n");

        assertThat(lines).containsExactly("x".repeat(4096) + " [Berth: 95904 more]", "next");
    }

    @Test
    void add_longLineThatIsKept_isWhole() {
        OutputLines kept = new OutputLines(OutputLines.KEPT, lines::add);
        kept.add("x".repeat(1_000_000) + "\n");

        assertThat(lines).containsExactly("x".repeat(1_000_000));
    }
}

package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.berth.reconciler.desired.yaml.YamlReader;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the text: an answer, soon, that quotes no secret; and what seals also opens. */
final class SopsFuzzTest {
    private static final int ROUNDS = 600;
    private static final List<String> PIECES =
            List.of(
                    "\n",
                    "  ",
                    "\t",
                    ":",
                    "- ",
                    "# ",
                    "---\n",
                    "...\n",
                    "{",
                    "}",
                    "[",
                    "]",
                    "\"",
                    "'",
                    "|",
                    ">",
                    "|+\n",
                    "&a ",
                    "*a",
                    "<<: ",
                    "!!x ",
                    "data:",
                    "sops:",
                    "mac: ",
                    "ENC[AES256_GCM,data:",
                    ",iv:",
                    "017",
                    "é🔑",
                    "\uFEFF",
                    "%YAML",
                    "? ",
                    "~",
                    "stringData: {a: b}\n",
                    "\r\n",
                    "\0");
    private static final String PLAIN =
            """
            # about
            kind: Secret
            metadata: {name: shop}
            data:
              # within
              a: hunter2 # behind
              b: |
                hunter2
                more
              c: [hunter2, {d: "hunter2"}]
              e: >-
                hunter2
            ---
            stringData:
              f: 'hunter2'
            last: |+
              x

            """;

    private final AgeKeys one = Fixtures.keys("one.txt");

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void open_mutated_answers(long seed) {
        Random random = new Random(seed);
        String[] texts = {Fixtures.text("everything.yaml"), Fixtures.text("secrets.yaml")};
        assertTimeoutPreemptively(
                Duration.ofMinutes(2),
                () -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        String text = mutate(texts[round % 2], random);
                        if (!SopsDocument.is(new YamlReader().read(text))) {
                            continue;
                        }
                        switch (Fixtures.open(text, one)) {
                            case SopsDocument.Clear _ -> {}
                            case SopsDocument.Refused(SecretFault fault) ->
                                    assertThat(fault.toString())
                                            .as("seed %d round %d", seed, round)
                                            .hasLineCount(1)
                                            .doesNotContain("hunter2", "sk_live");
                        }
                    }
                });
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {3, 4})
    void seal_mutated_opensAgainOrIsRefused(long seed) {
        Random random = new Random(seed);
        int sealed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = mutate(PLAIN, random);
            String as = "seed %d round %d: %s".formatted(seed, round, text);
            Sealer.Result result;
            try {
                result = Sealing.sealer(one).seal("f", text, Set.copyOf(one.recipients()));
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError(as, e);
            }
            switch (result) {
                case Sealer.Sealed(String out) -> {
                    sealed++;
                    assertThat(Fixtures.open(out, one))
                            .as(as + "\n" + out)
                            .isInstanceOf(SopsDocument.Clear.class);
                    assertThat(Sealing.text(Sealing.sealer(one).seal("f", out, Set.of())))
                            .as(as)
                            .isEqualTo(out);
                }
                case Sealer.Refused(SecretFault fault) ->
                        assertThat(fault.toString()).as(as).doesNotContain("hunter2");
            }
        }
        assertThat(sealed).isGreaterThan(ROUNDS / 10);
    }

    private static String mutate(String text, Random random) {
        StringBuilder out = new StringBuilder(text);
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            int at = random.nextInt(out.length());
            switch (random.nextInt(3)) {
                case 0 -> out.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 1 -> out.delete(at, Math.min(out.length(), at + 1 + random.nextInt(20)));
                default -> out.replace(at, at + 1, PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return out.isEmpty() ? "a: b\n" : out.toString();
    }
}

package dev.berth.reconciler.glob;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PathPatternTest {
    /** In a backtracking engine these have more ways than there are nanoseconds in a year. */
    @ParameterizedTest
    @ValueSource(strings = {"**/", "**/*", "*a", "**", "**/a/", "a**/", "**a"})
    @Timeout(20)
    void matches_manyStars_isSoonDone(String unit) {
        PathPattern pattern = PathPattern.of(unit.repeat(40) + "z");
        String path = "a/".repeat(200) + "a";

        assertThat(pattern.matches(path)).isFalse();
        assertThat(pattern.matchesOrHolds(path)).isFalse();
    }

    @Test
    void matches_anyPattern_isAsAnExpressionSays() {
        for (long seed = 0; seed < 30_000; seed++) {
            Random random = new Random(seed);
            String pattern = word(random, "aab/**?", 8);
            String path = word(random, "aab/", 9);

            assertThat(PathPattern.of(pattern).matches(path))
                    .as("seed %d: %s on %s", seed, pattern, path)
                    .isEqualTo(Pattern.matches(regex(pattern), path));
        }
    }

    @Test
    void matches_charactersOfTwoUnits_areOne() {
        assertThat(PathPattern.of("?.md").matches("😀.md")).isTrue();
        assertThat(PathPattern.of("[😀]").matches("😀")).isTrue();
    }

    private static String word(Random random, String letters, int longest) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(longest + 1); i > 0; i--) {
            word.append(letters.charAt(random.nextInt(letters.length())));
        }
        return word.toString();
    }

    /** What Docker makes of it. */
    private static String regex(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (int at = 0; at < pattern.length(); at++) {
            if (pattern.startsWith("**", at)) {
                at += pattern.startsWith("**/", at) ? 2 : 1;
                regex.append(at + 1 < pattern.length() ? "(.*/)?" : ".*");
            } else {
                regex.append(
                        switch (pattern.charAt(at)) {
                            case '*' -> "[^/]*";
                            case '?' -> "[^/]";
                            default -> pattern.substring(at, at + 1);
                        });
            }
        }
        return regex.toString();
    }
}

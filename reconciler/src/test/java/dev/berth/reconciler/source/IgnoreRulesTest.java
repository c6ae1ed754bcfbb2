package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IgnoreRulesTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            textBlock =
                    """
                    node_modules,        node_modules/left-pad/index.js, true
                    node_modules,        web/node_modules/a,             false
                    **/node_modules,     web/node_modules/a,             true
                    **/node_modules,     node_modules,                   true
                    /node_modules/,      node_modules/a,                 true
                    ./dist/../out,       out/a,                          true
                    *.md,                README.md,                      true
                    *.md,                docs/README.md,                 false
                    **/*.md,             docs/deep/README.md,            true
                    **/*.md,             README.md,                      true
                    */temp*,             one/temporary.txt,              true
                    */temp*,             one/two/temporary.txt,          false
                    */*/temp*,           one/two/temp/file,              true
                    temp?,               tempa,                          true
                    temp?,               temp,                           false
                    docs/**,             docs/a/b,                       true
                    docs/**,             docs,                           false
                    a/**/z,              a/z,                            true
                    a/**/z,              a/b/c/z,                        true
                    a/**/z,              b/a/z,                          false
                    [a-c]x,              bx,                             true
                    [^a-c]x,             bx,                             false
                    [a&&b],              &,                              true
                    a.b,                 acb,                            false
                    \\*.md,              *.md,                           true
                    \\*.md,              a.md,                           false
                    a(b)+$,              a(b)+$,                         true
                    **,                  anything/at/all,                true
                    .,                   a,                              false
                    """)
    void leavesOut_pattern_isReadAsDockerReadsIt(String pattern, String path, boolean out) {
        assertThat(IgnoreRules.parse(pattern).leavesOut(path)).isEqualTo(out);
    }

    @Test
    void leavesOut_severalMatch_theLastOneCounts() {
        IgnoreRules rules = IgnoreRules.parse("*\n!src\n!package.json\nsrc/*.test.js\n");

        assertThat(List.of("README", "src/a.test.js")).allMatch(rules::leavesOut);
        assertThat(List.of("src/a.js", "src/deep/b.test.js", "package.json"))
                .noneMatch(rules::leavesOut);
    }

    @Test
    void parse_commentsBlanksAndWindowsLines_sayNothing() {
        IgnoreRules rules =
                IgnoreRules.parse("\ufeff# all\r\n\r\n  dist  \r\n! dist/keep \r\n!\r\n");

        assertThat(rules.leavesOut("dist/a")).isTrue();
        assertThat(rules.leavesOut("dist/keep")).isFalse();
        assertThat(rules.leavesOut("# all")).isFalse();
        assertThat(IgnoreRules.parse("# nothing\n!a\n").isEmpty()).isTrue();
    }

    @Test
    void then_othersTakeBack_theyHaveTheLastWord() {
        IgnoreRules both = IgnoreRules.parse("a").then(IgnoreRules.parse("!a\nb"));

        assertThat(both.leavesOut("a")).isFalse();
        assertThat(both.leavesOut("b")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"a[b", "[]", "a\\"})
    void parse_patternWithoutEnd_isRefusedWithItsLine(String pattern) {
        assertThatThrownBy(() -> IgnoreRules.parse("ok\n" + pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("line 2: the pattern %s has no end".formatted(pattern));
    }

    @Test
    @Timeout(20)
    void leavesOut_manyDirectoriesInOneLine_isSoonDone() {
        IgnoreRules rules = IgnoreRules.parse("**/".repeat(10) + "x\n" + "**/*".repeat(10) + "x\n");

        assertThat(rules.leavesOut("d/".repeat(31) + "f")).isFalse();
    }

    @Test
    void parse_anything_isReadOrRefused() {
        String letters = "ab*?[]\\/!#.-^&$(){}|+ \n";
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(24); i > 0; i--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            try {
                var _ = IgnoreRules.parse(text.toString()).leavesOut("ab/a.b/b");
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("has no end");
            }
        }
    }
}

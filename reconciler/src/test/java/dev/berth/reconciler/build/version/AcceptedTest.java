package dev.berth.reconciler.build.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.berth.reconciler.build.version.Accepted.Dialect;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AcceptedTest {
    private static final List<String> NODE = List.of("24", "22", "20", "18");
    private static final List<String> PYTHON = List.of("3.13", "3.12", "3.11", "3.10", "3.9");

    @ParameterizedTest
    @MethodSource("ofNode")
    void firstOf_linesOfNode_isTheFirstThatFits(String text, @Nullable String line) {
        assertThat(new Accepted(text, Dialect.NPM, "package.json").firstOf(NODE)).isEqualTo(line);
    }

    static Stream<Arguments> ofNode() {
        return Stream.of(
                arguments("*", "24"),
                arguments("", "24"),
                arguments("lts/*", "24"),
                arguments("node", "24"),
                arguments("latest", "24"),
                arguments("22", "22"),
                arguments("v22", "22"),
                arguments("v22.11.0", "22"),
                arguments("22.x", "22"),
                arguments("22.11.x", "22"),
                arguments(">=18", "24"),
                arguments(">= 18.0.0", "24"),
                arguments(">18 <22", "20"),
                arguments(">=20.9.0 <22.0.0", "20"),
                arguments(">=22.3 <22.5", "22"),
                arguments("~20.1.0", "20"),
                arguments("^20.9", "20"),
                arguments("^18 || ^20", "20"),
                arguments("18 || 20 || 22", "22"),
                arguments("18 - 20", "20"),
                arguments("<=20", "20"),
                arguments("<20", "18"),
                arguments("12", null),
                arguments(">=99", null),
                arguments("what ever", null));
    }

    @ParameterizedTest
    @MethodSource("ofPython")
    void firstOf_linesOfPython_isTheFirstThatFits(String text, @Nullable String line) {
        assertThat(new Accepted(text, Dialect.PESSIMISTIC, "pyproject.toml").firstOf(PYTHON))
                .isEqualTo(line);
    }

    static Stream<Arguments> ofPython() {
        return Stream.of(
                arguments(">=3.9", "3.13"),
                arguments(">=3.9,<3.12", "3.11"),
                arguments(">=3.9, <3.12, !=3.11.0", "3.11"),
                arguments("~=3.10", "3.13"),
                arguments("~=3.10.2", "3.10"),
                arguments("==3.11.*", "3.11"),
                arguments("== 3.11.4", "3.11"),
                arguments("^3.11", "3.13"),
                arguments("3.12", "3.12"),
                arguments("python-3.12.1", "3.12"),
                arguments("~> 3.10.0", "3.10"),
                arguments("~3.11", "3.13"),
                arguments("3.10.*|3.11.*", "3.11"),
                arguments(">=4", null),
                arguments("2.7.18", null));
    }
}

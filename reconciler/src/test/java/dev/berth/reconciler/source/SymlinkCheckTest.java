package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SymlinkCheckTest {
    static Stream<Arguments> leaving() {
        return Stream.of(
                argumentSet("absolute", "a", Map.of("a", "/etc/passwd")),
                argumentSet("parent", "a", Map.of("a", "..")),
                argumentSet("parent of a deep one", "x/y/a", Map.of("x/y/a", "../../../b")),
                argumentSet("up and down again", "x/a", Map.of("x/a", "../../x/b")),
                argumentSet(
                        "two steps that are each inside",
                        "t",
                        Map.of("p/q/r/s", "../../..", "t", "p/q/r/s/../etc")),
                argumentSet("by way of another", "b", Map.of("a", "..", "b", "a/x")));
    }

    @ParameterizedTest
    @MethodSource("leaving")
    void leavesDirectory_targetOutside_isTrue(String path, Map<String, String> links) {
        assertThat(new SymlinkCheck(links).leavesDirectory(path)).isTrue();
    }

    static Stream<Arguments> staying() {
        return Stream.of(
                argumentSet("sibling", "a", Map.of("a", "b")),
                argumentSet("cousin", "x/a", Map.of("x/a", "../y/./b")),
                argumentSet("the directory itself", "x/a", Map.of("x/a", "..")),
                argumentSet("dangling", "a", Map.of("a", "not/there")),
                argumentSet("loop", "a", Map.of("a", "b", "b", "a")),
                argumentSet("endless growth", "a", Map.of("a", "a/a")),
                argumentSet("name that begins with dots", "a", Map.of("a", "..b/...", "x", "..b")));
    }

    @ParameterizedTest
    @MethodSource("staying")
    void leavesDirectory_targetInside_isFalse(String path, Map<String, String> links) {
        assertThat(new SymlinkCheck(links).leavesDirectory(path)).isFalse();
    }
}

package dev.berth.reconciler.build.recognise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShellLineTest {
    @ParameterizedTest
    @MethodSource("lines")
    void command_ofLine_leavesNoShellInTheWayOfSignals(String line, List<String> words) {
        assertThat(ShellLine.command(line).words()).isEqualTo(words);
    }

    static Stream<Arguments> lines() {
        return Stream.of(
                arguments("node server.js", List.of("node", "server.js")),
                arguments("  node   server.js ", List.of("node", "server.js")),
                arguments("node s.js -p $PORT", sh("exec node s.js -p $PORT")),
                arguments("A=1 B=2 node s.js", sh("exec env A=1 B=2 node s.js")),
                arguments("npm run migrate && node s.js", sh("npm run migrate && exec node s.js")),
                arguments("node 'a b.js'", sh("exec node 'a b.js'")),
                arguments("a | b", sh("a | b")),
                arguments("a; node s.js", sh("a; exec node s.js")),
                arguments("cd api; A=1 node s.js", sh("cd api; exec env A=1 node s.js")),
                arguments("a; (b; c)", sh("a; (b; c)")),
                arguments("a; node s.js;", sh("a; node s.js;")),
                arguments("if a; then b; fi", sh("if a; then b; fi")),
                arguments("if a; then b; fi; node s.js", sh("if a; then b; fi; node s.js")),
                arguments("for x in 1 2; do a; b", sh("for x in 1 2; do a; b")),
                arguments("while a; do b; done", sh("while a; do b; done")),
                arguments("f() { a; }; f", sh("f() { a; }; f")),
                arguments("trap x TERM; node s.js", sh("trap x TERM; node s.js")),
                arguments("a & wait; b || c", sh("a & wait; b || c")),
                arguments("a & b", sh("a & b")),
                arguments("a || b", sh("a || b")),
                arguments("exec node \"$X\"", sh("exec node \"$X\"")),
                arguments("cd api && node s.js", sh("cd api && exec node s.js")),
                arguments("if [ 1 ]", sh("if [ 1 ]")),
                arguments("a && B=1 node s.js", sh("a && exec env B=1 node s.js")),
                arguments("node -e \"a && b\"", sh("exec node -e \"a && b\"")),
                arguments("(a && b)", sh("(a && b)")),
                arguments("a && (b; c)", sh("a && (b; c)")),
                arguments("a && node s.js 2>&1", sh("a && exec node s.js 2>&1")),
                arguments("a && . ./env", sh("a && . ./env")),
                arguments("echo 'it", sh("exec echo 'it")));
    }

    private static List<String> sh(String line) {
        return List.of("/bin/sh", "-c", line);
    }
}

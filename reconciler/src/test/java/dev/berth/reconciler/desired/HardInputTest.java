package dev.berth.reconciler.desired;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.reconciler.source.ConfigTree;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Input that breaks parsers: a clear problem, never a crash, never a long wait. */
final class HardInputTest {
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final int MEBIBYTE = 1 << 20;

    private final Repo repo = Repo.withInstance();

    static Stream<Arguments> files() {
        String app = Repo.app("a", "{image: x}");
        return Stream.of(
                argumentSet(
                        "byte order mark",
                        utf8("\ufeff" + app),
                        "x.yaml:1:1: the file begins with a byte order mark"),
                argumentSet(
                        "UTF-16",
                        ("\ufeff" + app).getBytes(UTF_16LE),
                        "x.yaml:1:1: the file is UTF-16: save it as UTF-8 [E-FILE]"),
                argumentSet(
                        "Latin-1",
                        "# ok\nkind: é\n".getBytes(ISO_8859_1),
                        "x.yaml:2:7: the file is not UTF-8 from here on"),
                argumentSet(
                        "cut in a character",
                        new byte[] {'a', ':', ' ', (byte) 0xc3},
                        "x.yaml:1:4: the file is not UTF-8 from here on"),
                argumentSet(
                        "NUL",
                        utf8(app + "x-a: a\0b\n"),
                        "x.yaml:5:7: the file holds the control character U+0000"),
                argumentSet(
                        "escape",
                        utf8("a: \u001b[31m"),
                        "the file holds the control character U+001B"),
                argumentSet(
                        "escaped NUL",
                        utf8(Repo.app("a", "{image: x, env: {A: \"\\0\"}}")),
                        "spec.env.A: text can't hold the character NUL"),
                argumentSet(
                        "tab",
                        utf8("apiVersion: berth/v1\nspec:\n\timage: x\n"),
                        "x.yaml:3:1: not YAML: a tab can't indent, use spaces"),
                argumentSet(
                        "10 MiB",
                        new byte[10 * MEBIBYTE],
                        "x.yaml: the file is larger than 1 MiB: split it [E-FILE]"),
                argumentSet(
                        "too deep in flow",
                        utf8("a: " + "[".repeat(MEBIBYTE / 2)),
                        "nested more than 64 levels deep"),
                argumentSet(
                        "too deep in blocks",
                        utf8("- ".repeat(100_000)),
                        "nested more than 64 levels deep"),
                argumentSet(
                        "too deep mappings",
                        utf8("{a: ".repeat(100_000)),
                        "nested more than 64 levels deep"),
                argumentSet(
                        "billion laughs",
                        utf8(bomb()),
                        "aliases of this file stand for more than 10000 values"),
                argumentSet(
                        "many small bombs",
                        utf8(manyBombs()),
                        "aliases of this file stand for more than 10000 values"),
                argumentSet("alias to itself", utf8("a: &a [*a]\n"), "there is no anchor &a above"),
                argumentSet(
                        "10 000 broken documents", utf8("--- {\n".repeat(10_000)), "x.yaml:9999:"),
                argumentSet(
                        "unclosed quote",
                        utf8("a: \"" + "x\n ".repeat(300_000)),
                        "a quote opened in line 1 is not closed"),
                argumentSet("long scalar", utf8("a: " + "x".repeat(1_000_000)), "x.yaml:1:1"),
                argumentSet(
                        "long number",
                        utf8(Repo.app("a", "{image: x, port: " + "9".repeat(500_000) + "}")),
                        "spec.port: expected a whole number"),
                argumentSet(
                        "long decimal",
                        utf8(
                                Repo.app(
                                        "a",
                                        "{image: x, resources: {cpus: 1e"
                                                + "9".repeat(900)
                                                + "}}")),
                        "spec.resources.cpus: expected a number"),
                argumentSet("long key", utf8("x".repeat(900_000) + ": 1"), "x.yaml:1:"),
                argumentSet(
                        "many keys",
                        utf8(
                                IntStream.range(0, 60_000)
                                        .mapToObj(i -> "k" + i + ": 1\n")
                                        .collect(Collectors.joining())),
                        "not a Berth document"),
                argumentSet(
                        "many unknown keys",
                        utf8(
                                app
                                        + IntStream.range(0, 40_000)
                                                .mapToObj(i -> "repplicas" + i + ": 1\n")
                                                .collect(Collectors.joining())),
                        "no such key"),
                argumentSet(
                        "many equal keys",
                        utf8(app + "a: 1\n".repeat(100_000)),
                        "this key is already given in line 5"),
                argumentSet(
                        "many tildes",
                        utf8("[" + "~,".repeat(400_000) + "]"),
                        "the file holds more than 120000 values: split it [E-FILE]"),
                argumentSet(
                        "many merges",
                        utf8("a: &a {b: 1}\nc: {" + "<<: *a, ".repeat(60_000) + "}"),
                        "x.yaml"),
                argumentSet(
                        "many anchors",
                        utf8(
                                IntStream.range(0, 50_000)
                                        .mapToObj(i -> "- &a" + i + " 1\n")
                                        .collect(Collectors.joining())),
                        "got a list"),
                argumentSet("question marks", utf8("? ".repeat(200_000)), "x.yaml"),
                argumentSet("colons", utf8(": ".repeat(200_000)), "x.yaml"),
                argumentSet("tags", utf8("!".repeat(500_000)), "x.yaml"),
                argumentSet("percent", utf8("%".repeat(500_000)), "x.yaml"),
                argumentSet("blocks", utf8("a: |\n" + " \n".repeat(300_000) + "x"), "x.yaml"),
                argumentSet(
                        "long path",
                        utf8(Repo.app("a", "{source: {path: '" + "../".repeat(300_000) + "'}}")),
                        "spec.source.path: expected a relative path"),
                argumentSet(
                        "long host",
                        utf8(
                                Repo.app(
                                        "a",
                                        "{image: x, port: 1, domains: ["
                                                + "a.".repeat(300_000)
                                                + "]}")),
                        "spec.domains[0]: expected a lower-case host name"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void load_hardFile_givesAClearProblemSoon(byte[] content, String expected) {
        repo.tree.with("x.yaml", content);
        List<String> problems = assertTimeoutPreemptively(LONGEST, repo::problems);

        assertThat(problems)
                .anySatisfy(p -> assertThat(p).startsWith("x.yaml").contains(expected))
                .allSatisfy(p -> assertThat(p).hasLineCount(1).hasSizeLessThan(1200));
    }

    @Test
    void load_symlinksAndSubmodules_areNamedWhenTheyLookLikeConfig() {
        repo.tree.with("link.yaml", ConfigTree.Type.SYMLINK);
        repo.tree.with("module.yml", ConfigTree.Type.SUBMODULE);
        repo.tree.with("other", ConfigTree.Type.SUBMODULE);
        repo.tree.with("link", ConfigTree.Type.SYMLINK);

        assertThat(repo.problems())
                .containsExactly(
                        "link.yaml: the file is a symlink, which Berth does not follow [E-FILE]",
                        "module.yml: the file is a submodule, which Berth does not fetch [E-FILE]");
    }

    @Test
    void load_filesOfAnApp_areNotConfig() {
        repo.file("a.yaml", Repo.app("a", "{source: {path: src}}"));
        repo.file("src/Dockerfile", "FROM x");
        repo.file("src/chart/values.yaml", "{{ broken }");
        repo.tree.with("src/big.yaml", new byte[2 * MEBIBYTE]);
        repo.file("src/app.yaml", Repo.app("beside-its-code", "{image: x}"));
        DesiredState.Known state = repo.known();

        assertThat(state.problems()).isEmpty();
        assertThat(state.apps().keySet())
                .extracting(Objects::toString)
                .containsExactly("app/a", "app/beside-its-code");
    }

    @Test
    void load_lineEndsOfAllKinds_areTheSame() {
        String text =
                Repo.app("a", "\n  image: x\n  command: |\n    one\n    two")
                        + "---\n---\n"
                        + Repo.app("b", "{image: x}");
        repo.file("x.yaml", text.replace("\n", "\r\n"));
        DesiredState.Known windows = repo.known();
        repo.file("x.yaml", text);
        DesiredState.Known unix = repo.known();

        assertThat(windows.problems()).isEmpty();
        assertThat(windows.apps().values())
                .extracting(DesiredApp::generation, a -> a.declaredAt().line())
                .containsExactlyElementsOf(
                        unix.apps().values().stream()
                                .map(a -> tuple(a.generation(), a.declaredAt().line()))
                                .toList());
        assertThat(windows.apps()).hasSize(2);
    }

    @Test
    void load_10000Documents_areAllRead() {
        repo.file(
                "x.yaml",
                IntStream.range(0, 10_000)
                        .mapToObj(
                                i ->
                                        "{apiVersion: berth/v1, kind: App, metadata: {name: a%d}, spec: {image: x}}"
                                                .formatted(i))
                        .collect(Collectors.joining("\n---\n")));
        DesiredState.Known state = assertTimeoutPreemptively(LONGEST, repo::known);

        assertThat(state.problems()).isEmpty();
        assertThat(state.apps()).hasSize(10_000);
    }

    @Test
    void load_moreYamlThanFitsInMemory_isUnknownAndSaysWhereAndWhat() {
        byte[] text = "# much\n".repeat(140_000).getBytes(UTF_8);
        for (int i = 10; i < 45; i++) {
            repo.tree.with("data/%d.yaml".formatted(i), text);
        }
        DesiredState state = repo.load();

        assertThat(state).isInstanceOf(DesiredState.Unknown.class);
        assertThat(state.problems())
                .extracting(Problem::toString)
                .anySatisfy(
                        problem ->
                                assertThat(problem)
                                        .startsWith("data/")
                                        .contains("more than 32 MiB together: move what is not"));
    }

    @Test
    void load_moreConfigThanFitsInMemory_isUnknownAndRemovesNothing() {
        repo.file("x.yaml", Repo.app("a", "{image: x}"));
        assertThat(repo.known().apps()).hasSize(1);
        String text = "apiVersion: berth/v1\n" + "# much\n".repeat(140_000);
        for (int i = 10; i < 20; i++) {
            repo.file("data/%d.yaml".formatted(i), text);
        }

        assertThat(repo.load())
                .isInstanceOfSatisfying(
                        DesiredState.Unknown.class,
                        state ->
                                assertThat(state.doubt().cause())
                                        .contains("config files of the repo come to more"));
    }

    @Test
    void load_emptyDocuments_areNothing() {
        repo.file("x.yaml", "---\n---\n# x\n---\n~\n...\n---\nnull\n---\n");
        repo.file("y.yaml", "");
        repo.file("z.yaml", "---");

        assertThat(repo.problems()).isEmpty();
    }

    private static String bomb() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            String alias = "*a" + (i - 1);
            bomb.append(
                    "a%d: &a%d [%s]\n"
                            .formatted(
                                    i,
                                    i,
                                    String.join(
                                            ", ",
                                            List.of(
                                                    alias, alias, alias, alias, alias, alias, alias,
                                                    alias, alias))));
        }
        return bomb.toString();
    }

    private static String manyBombs() {
        return "--- {a: &a [1,1,1,1,1,1,1], b: [*a,*a,*a,*a,*a,*a,*a,*a,*a]}\n".repeat(10_000);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}

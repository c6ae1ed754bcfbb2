package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages for people show, read by the code that is shipped. */
final class DocsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK =
            Pattern.compile("^```yaml\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern SECRET =
            Pattern.compile("fromSecret: ([a-z0-9-]+)\\.(\\w+)|secret: ([a-z0-9-]+), key: (\\w+)");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\|");
    private static final Pattern SECRET_DOCUMENT = Pattern.compile("(?m)^kind: Secret");
    static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEAwoPaYUlmdJg36GeUwjr1DT3UnkXE3ssYKSQlhIHMz";
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");

    /** A block of YAML, as a page has it from the line after {@code line} on. */
    private record Block(String page, int line, String text) {
        /** At its line; a part of a document's spec is put into one. */
        String file(String kindOfPage) {
            String head =
                    text.startsWith("  ")
                            ? "apiVersion: berth/v1\nkind: %s\nmetadata: {name: part}\nspec:\n"
                                    .formatted(kindOfPage)
                            : "";
            return "\n".repeat(line - (int) head.lines().count()) + head + text;
        }

        Set<ResourceId> documents() {
            return documents(text);
        }

        static Set<ResourceId> documents(String text) {
            return new DocumentReader()
                    .read("block.yaml", text, new Problems()).stream()
                            .flatMap(read -> Stream.ofNullable(read.id()))
                            .collect(Collectors.toSet());
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(
                            docs.filter(page -> page.toString().endsWith(".md")).sorted(),
                            Stream.of("README.md", "example-config-repo/README.md")
                                    .map(ROOT::resolve))
                    .toList();
        }
    }

    private static List<Block> blocks(Path page) throws IOException {
        String text = Files.readString(page);
        List<Block> blocks = new ArrayList<>();
        for (Matcher found = BLOCK.matcher(text); found.find(); ) {
            int line = (int) text.substring(0, found.start(1)).lines().count();
            blocks.add(new Block(ROOT.relativize(page).toString(), line, found.group(1)));
        }
        return blocks;
    }

    @Test
    void blocks_ofAllPages_areRight() throws IOException {
        List<String> problems = new ArrayList<>();
        int blocks = 0;
        for (Path page : pages()) {
            List<Block> ofPage = blocks(page);
            blocks += ofPage.size();
            ofPage.forEach(block -> problems.addAll(problems(block, ofPage)));
        }

        assertThat(problems).isEmpty();
        assertThat(blocks).isGreaterThan(10);
    }

    @Test
    void problems_ofAWrongBlock_haveItsPageAndLine() {
        Block wrong = new Block("docs/page.md", 40, Repo.app("shop", "{image: busybox, prot: 1}"));

        assertThat(problems(wrong, List.of(wrong)))
                .singleElement()
                .asString()
                .startsWith("docs/page.md:44:")
                .contains("prot");
    }

    /** By itself, or else beside the other documents of its page. */
    private static List<String> problems(Block block, List<Block> ofPage) {
        List<String> alone = problems(block, ofPage, List.of());
        return alone.isEmpty() ? alone : problems(block, ofPage, others(block, ofPage));
    }

    private static List<String> others(Block block, List<Block> ofPage) {
        Set<ResourceId> known = new TreeSet<>(block.documents());
        List<String> others = new ArrayList<>();
        for (Block other : ofPage) {
            for (String document : other.text().split("(?m)^---$", -1)) {
                if (!other.text().startsWith("  ") && known.addAll(Block.documents(document))) {
                    others.add(document);
                }
            }
        }
        return others;
    }

    private static List<String> problems(Block block, List<Block> ofPage, List<String> others) {
        String name = block.page() + ".yaml";
        Repo repo = new Repo();
        repo.keys = Sealing.newKeys();
        String text = block.file(kind(ofPage));
        repo.file(name, sealedIfSecret(text, repo.keys));
        Set<ResourceId> there = new TreeSet<>(Block.documents(text));
        for (int i = 0; i < others.size(); i++) {
            there.addAll(Block.documents(others.get(i)));
            repo.file("other-%d.yaml".formatted(i), others.get(i));
        }
        if (there.stream().noneMatch(id -> id.kind() == Kind.Instance)) {
            repo.file("berth.yaml", Repo.INSTANCE);
        }
        secrets(text + String.join("\n", others))
                .forEach(
                        (secret, data) ->
                                repo.file(
                                        "secrets/" + secret + ".yaml", sealed(repo, secret, data)));
        takenForGranted(repo);
        return repo.load().problems().stream()
                .filter(p -> p.location().file().equals(name))
                .map(p -> p.toString().replaceFirst("\\.md\\.yaml", ".md"))
                .toList();
    }

    /** A Secret in the clear, as it is before it is encrypted. */
    static String sealedIfSecret(String text, AgeKeys keys) {
        return SECRET_DOCUMENT.matcher(text).find() ? Sealing.sealed(text, keys) : text;
    }

    private static String kind(List<Block> ofPage) {
        return ofPage.stream()
                .flatMap(block -> block.documents().stream())
                .map(id -> id.kind().name())
                .findFirst()
                .orElse("App");
    }

    /** Secrets and their keys that a text takes values from. */
    private static Map<String, Set<String>> secrets(String text) {
        Map<String, Set<String>> secrets = new TreeMap<>();
        for (Matcher found = SECRET.matcher(text); found.find(); ) {
            boolean variable = found.group(1) != null;
            secrets.computeIfAbsent(found.group(variable ? 1 : 3), _ -> new TreeSet<>())
                    .add(found.group(variable ? 2 : 4));
        }
        return secrets;
    }

    private static String sealed(Repo repo, String secret, Set<String> keys) {
        return Sealing.sealed(
                "apiVersion: berth/v1\nkind: Secret\nmetadata: {name: %s}\ndata:\n%s"
                        .formatted(
                                secret,
                                keys.stream()
                                        .map(key -> "  " + key + ": x\n")
                                        .collect(Collectors.joining())),
                repo.keys);
    }

    /** Files that pages speak of without showing them. */
    private static void takenForGranted(Repo repo) {
        repo.file("errors/5xx.html", "<h1>Back soon</h1>");
        repo.file("keys/allowed_signers", "ada@example.com " + KEY + "\n");
        repo.file("keys/ca.pem", fixture("certificates/ca.pem"));
        repo.file("keys/web-flow.asc", fixture("signatures/gpg-rsa.asc"));
    }

    private static String fixture(String name) {
        try {
            return Files.readString(Path.of("src/test/resources").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void reasonsAndConditions_allOfThem_areInTheirTables() throws IOException {
        Path page = ROOT.resolve("docs/conditions.md");
        assertThat(firstColumn(page))
                .containsAll(names(ReasonCode.values()))
                .containsAll(names(ConditionType.values()))
                .doesNotHaveDuplicates();
    }

    private static List<String> names(Enum<?>... values) {
        return Arrays.stream(values).map(Enum::name).toList();
    }

    private static List<String> firstColumn(Path page) throws IOException {
        return ROW.matcher(Files.readString(page)).results().map(row -> row.group(1)).toList();
    }

    @Test
    void links_ofAllPages_leadSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path page : pages()) {
            LINK.matcher(Files.readString(page))
                    .results()
                    .map(link -> link.group(1))
                    .filter(target -> !Files.exists(page.resolveSibling(target)))
                    .forEach(target -> dead.add(page + ": " + target));
        }

        assertThat(dead).isEmpty();
    }
}

package dev.berth.reconciler.desired.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class YamlReaderTest {
    private final YamlReader reader = new YamlReader();

    @Test
    void read_mapping_hasEveryPlace() {
        assertThat(print("a: 1\nbc:\n  - x\n  - {d: ~}\n"))
                .isEqualTo(
                        "{a@1:1=INTEGER 1@1:4, bc@2:1=[TEXT x@3:5, {d@4:6=NOTHING"
                                + " ~@4:9}@4:5]@3:3}@1:1");
    }

    @Test
    void read_documents_areCountedFromTheTopOfTheText() {
        List<YamlDocument> documents = reader.read("# a\n---\na: 1\n---\n\n# b\nb: 2\n...\nc: 3\n");

        assertThat(documents).extracting(d -> d.at().line()).containsExactly(3, 7, 9);
        assertThat(documents).allMatch(d -> d.faults().isEmpty());
    }

    @Test
    void read_moreDocumentsThanAnybodyWrites_endsWithOneThatMayBeAnything() {
        List<YamlDocument> documents = reader.read("--- a\n".repeat(100_000));

        assertThat(documents).hasSizeLessThan(40_000);
        assertThat(documents.getLast().root()).isNull();
        assertThat(documents.getLast().faults())
                .extracting(Fault::cause)
                .containsExactly(Fault.Cause.LIMIT);
        assertThat(documents.subList(0, documents.size() - 1)).allMatch(d -> d.faults().isEmpty());
    }

    @Test
    void read_faultInOneDocument_leavesTheOthers() {
        List<YamlDocument> documents = reader.read("a: 1\n---\nb: [1\n---\nc: 3\n");

        assertThat(documents).extracting(d -> d.faults().size()).containsExactly(0, 1, 0);
        assertThat(documents.get(1).faults().getFirst().at().line()).isEqualTo(4);
    }

    @Test
    void read_brokenDocument_keepsWhatCameBefore() {
        YamlDocument document =
                reader.read("kind: App\nmetadata: {name: a}\nspec:\n\t- x\n").getFirst();

        assertThat(print(Objects.requireNonNull(document.root())))
                .startsWith("{kind@1:1=TEXT App@1:7, metadata@2:1={name@2:12=TEXT a@2:18}@2:11");
    }

    @Test
    void read_markersInsideScalars_splitNothing() {
        assertThat(reader.read("a: |\n  ---\n  b\nc: \"x\n  --- y\"\n")).hasSize(1);
        assertThat(reader.read("a: ---b\n")).hasSize(1);
    }

    @Test
    void read_directives_belongToTheNextDocument() {
        List<YamlDocument> documents =
                reader.read("%YAML 1.2\n---\na: 1\n...\n%YAML 1.2\n---\nb: 1\n");

        assertThat(documents).hasSize(2).allMatch(d -> d.faults().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "true, BOOLEAN",
        "false, BOOLEAN",
        "True, TEXT",
        "yes, TEXT",
        "on, TEXT",
        "12, INTEGER",
        "-1, INTEGER",
        "010, TEXT",
        "0x1F, TEXT",
        "1_000, TEXT",
        "1.5, DECIMAL",
        "1e3, DECIMAL",
        "null, NOTHING",
        "~, NOTHING",
        "2026-11-21, TEXT",
        "12:30, TEXT",
        "!!str 5, TEXT",
        "!!str ~, TEXT",
        "'\"~\"', TEXT",
        "'\"5\"', TEXT"
    })
    void read_scalar_hasTheTypeOfYaml12(String yaml, Node.Type type) {
        Node.Mapping root = (Node.Mapping) reader.read("a: " + yaml).getFirst().root();

        assertThat(((Node.Scalar) Objects.requireNonNull(root).entries().getFirst().value()).type())
                .isEqualTo(type);
    }

    @Test
    void read_mergeKeys_addWhatIsNotThere() {
        assertThat(print("a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 5}\n"))
                .contains(
                        "c@3:1={x@3:19=INTEGER 5@3:22, y@1:14=INTEGER 2@1:17, z@2:14=INTEGER"
                                + " 4@2:17}");
    }

    @Test
    void read_alias_weighsWhatItStandsFor() {
        Node root = reader.read("a: &a [1, 2]\nb: [*a, *a]\n").getFirst().root();

        assertThat(Objects.requireNonNull(root).weight()).isEqualTo(1 + 1 + 3 + 1 + 7);
    }

    @Test
    void read_anchorOfAnotherDocument_isNotThere() {
        assertThat(reader.read("a: &a 1\n---\nb: *a\n").get(1).faults())
                .extracting(Fault::message)
                .containsExactly("there is no anchor &a above, in this document");
    }

    @Test
    void read_charactersBeyondThePlane_countAsOneColumn() {
        assertThat(print("{😀: 1, b: 2}")).contains("b@1:8");
    }

    private String print(String yaml) {
        return print(Objects.requireNonNull(reader.read(yaml).getFirst().root()));
    }

    private static String print(Node node) {
        String text =
                switch (node) {
                    case Node.Mapping(_, var entries, _) ->
                            entries.stream()
                                    .map(e -> e.key() + place(e.keyAt()) + "=" + print(e.value()))
                                    .collect(Collectors.joining(", ", "{", "}"));
                    case Node.Sequence(_, var items, _) ->
                            items.stream()
                                    .map(YamlReaderTest::print)
                                    .collect(Collectors.joining(", ", "[", "]"));
                    case Node.Scalar(_, Node.Type type, String value, _) -> type + " " + value;
                };
        return text + place(node.at());
    }

    private static String place(Mark mark) {
        return "@" + mark.line() + ":" + mark.column();
    }
}

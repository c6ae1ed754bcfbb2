package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the loader accepts, the published schema accepts; a wrong form is refused by both. */
final class SchemaAgreementTest {
    private static final Set<Problem.Code> FORM =
            Set.of(
                    Problem.Code.UNKNOWN_KEY,
                    Problem.Code.REQUIRED,
                    Problem.Code.TYPE,
                    Problem.Code.KIND);

    /** Wrong values that JSON Schema has no words for, and rules over several fields. */
    private static final Pattern BEYOND_SCHEMA =
            Pattern.compile(
                    "expected a (duration from|size from|size such|point in time|directory below|number above) .*");

    private final PublishedSchema schema = new PublishedSchema();
    private final DocumentReader reader = new DocumentReader();

    static Stream<Path> files() throws IOException {
        try (Stream<Path> problems = Files.walk(ProblemsGoldenTest.CASES);
                Stream<Path> example = Files.walk(Path.of("../example-config-repo"))) {
            return Stream.concat(problems, example)
                    .filter(f -> f.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void read_document_isJudgedAsBySchema(Path file) throws IOException {
        Problems problems = new Problems();
        List<ReadDocument> documents = reader.read("f", Files.readString(file), problems);
        for (int i = 0; i < documents.size(); i++) {
            ReadDocument document = documents.get(i);
            int end =
                    i + 1 < documents.size()
                            ? documents.get(i + 1).place().line()
                            : Integer.MAX_VALUE;
            check(
                    document,
                    problems.sorted().stream()
                            .filter(p -> p.location().line() >= document.place().line())
                            .filter(p -> p.location().line() < end)
                            .toList());
        }
    }

    @Test
    void files_ofBothKinds_areThere() throws IOException {
        assertThat(files()).hasSizeGreaterThan(20);
    }

    private void check(ReadDocument document, List<Problem> problems) {
        if (document.root() == null
                || problems.stream().anyMatch(p -> p.code() == Problem.Code.SYNTAX)) {
            return;
        }
        List<String> objections = schema.objections(document.root());
        if (document.document() != null) {
            assertThat(objections).as(document.place().toString()).isEmpty();
        } else if (problems.stream().anyMatch(SchemaAgreementTest::isAboutForm)) {
            assertThat(objections).as(problems.toString()).isNotEmpty();
        }
    }

    static boolean isAboutForm(Problem problem) {
        boolean wrongValue =
                problem.code() == Problem.Code.VALUE
                        && problem.message().startsWith("expected ")
                        && !BEYOND_SCHEMA.matcher(problem.message()).matches();
        return FORM.contains(problem.code()) || wrongValue;
    }
}

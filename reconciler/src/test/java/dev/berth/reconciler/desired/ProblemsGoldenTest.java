package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.source.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What people are told: each directory is a repo, {@code expected.txt} all its problems. */
final class ProblemsGoldenTest {
    static final Path CASES = Path.of("src/test/resources/problems");

    static Stream<Path> cases() throws IOException {
        try (Stream<Path> cases = Files.list(CASES)) {
            return cases.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void load_repoWithMistakes_tellsThemAll(Path repo) throws IOException {
        DesiredState state = new Repo().load(Repo.fresh(1, DirectoryTree.of(repo)));
        String found = state.problems().stream().map(p -> p + "\n").collect(Collectors.joining());
        Path expected = repo.resolve("expected.txt");
        if (Boolean.getBoolean("berth.golden.update")) {
            Files.writeString(expected, found);
        }
        assertThat(found)
                .as("run with -Dberth.golden.update=true")
                .isEqualTo(Files.readString(expected));
        assertThat(found).isNotEmpty();
    }
}

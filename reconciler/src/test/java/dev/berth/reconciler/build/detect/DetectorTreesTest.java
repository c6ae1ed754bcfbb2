package dev.berth.reconciler.build.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.reconciler.build.catalog.CatalogFile;
import dev.berth.reconciler.build.dockerfile.DockerfileWriter;
import dev.berth.reconciler.build.dockerfile.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Small trees, each with the ranked result that people reviewed; of some the Dockerfile, too. */
class DetectorTreesTest {
    private static final Path TREES = Path.of("src/test/resources/build/trees");
    private static final Path DOCKERFILES = Path.of("src/test/resources/golden/dockerfile");
    private static final boolean UPDATE = Boolean.getBoolean("berth.golden.update");
    private static final Detector DETECTOR = new Detector(CatalogFile.defaults());

    @ParameterizedTest
    @MethodSource("trees")
    void detect_ofTree_isAsReviewed(TreeCase tree) {
        Detection detection = DETECTOR.detect(tree.tree(), tree.hints());
        if (!UPDATE) {
            assertThat(DetectionPrinter.print(detection)).isEqualTo(tree.expected());
        }
    }

    @ParameterizedTest
    @MethodSource("shown")
    void dockerfile_ofTree_isAsReviewed(TreeCase tree) throws IOException {
        String written = dockerfile(tree);
        Path golden = DOCKERFILES.resolve(tree.name() + ".Dockerfile");
        if (UPDATE) {
            Files.writeString(golden, written);
        }
        assertThat(golden).content().as("-Dberth.golden.update=true").isEqualTo(written);
    }

    @Test
    void trees_all_haveNamesOfTheirOwn() throws IOException {
        List<String> names = all().stream().map(TreeCase::name).toList();
        assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThan(120);
    }

    @Test
    void dockerfiles_all_areOfATree() throws IOException {
        Set<String> expected = new HashSet<>();
        all().stream().filter(TreeCase::shows).forEach(t -> expected.add(t.name() + ".Dockerfile"));
        try (Stream<Path> there = Files.list(DOCKERFILES)) {
            assertThat(there.map(p -> p.getFileName().toString())).hasSameElementsAs(expected);
        }
    }

    @Test
    void recipes_all_areNamedOnTheirPage() throws IOException {
        String page = Files.readString(Path.of("../docs/builds.md"));
        for (TreeCase tree : all()) {
            if (DETECTOR.detect(tree.tree(), tree.hints()) instanceof Detection.Found found) {
                String recipe = found.best().recipe().replaceFirst(" \\(.*", "");
                assertThat(page).as(tree.name()).contains(recipe);
            }
        }
    }

    /** Rewrites what is expected, in place; a test so that the usual switch does it. */
    @Test
    void trees_whenUpdating_areRewritten() throws IOException {
        for (Path file : files()) {
            List<String> lines = Files.readAllLines(file);
            List<String> rewritten = rewritten(lines);
            if (UPDATE) {
                Files.write(file, rewritten);
            }
            assertThat(rewritten)
                    .as("-Dberth.golden.update=true")
                    .isEqualTo(Files.readAllLines(file));
        }
    }

    static Stream<Arguments> trees() throws IOException {
        return all().stream().map(tree -> argumentSet(tree.name(), tree));
    }

    static Stream<Arguments> shown() throws IOException {
        return all().stream().filter(TreeCase::shows).map(tree -> argumentSet(tree.name(), tree));
    }

    static String dockerfile(TreeCase tree) {
        Detection detection = DETECTOR.detect(tree.tree(), tree.hints());
        assertThat(detection).isInstanceOf(Detection.Found.class);
        Plan plan = ((Detection.Found) detection).best().plan();
        assertThat(plan).isInstanceOf(Plan.Generated.class);
        return DockerfileWriter.write(
                ((Plan.Generated) plan).blueprint(), new Target("shop", tree.hints().variables()));
    }

    static List<TreeCase> all() throws IOException {
        List<TreeCase> all = new ArrayList<>();
        for (Path file : files()) {
            all.addAll(TreeCase.parse(Files.readAllLines(file)));
        }
        return all;
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(TREES)) {
            return files.sorted().toList();
        }
    }

    private static List<String> rewritten(List<String> lines) {
        Iterator<TreeCase> cases = TreeCase.parse(lines).iterator();
        List<String> out = new ArrayList<>();
        List<String> block = new ArrayList<>();
        TreeCase current = null;
        for (String line : lines) {
            if (line.startsWith("=== ")) {
                close(current, block, out);
                current = cases.next();
            }
            if (!line.startsWith("-> ")) {
                block.add(line);
            }
        }
        close(current, block, out);
        while (out.getLast().isBlank()) {
            out.removeLast();
        }
        return out;
    }

    private static void close(@Nullable TreeCase tree, List<String> block, List<String> out) {
        while (!block.isEmpty() && block.getLast().isBlank()) {
            block.removeLast();
        }
        out.addAll(block);
        block.clear();
        if (tree != null) {
            DetectionPrinter.print(DETECTOR.detect(tree.tree(), tree.hints()))
                    .forEach(line -> out.add("-> " + line));
        }
        out.add("");
    }
}

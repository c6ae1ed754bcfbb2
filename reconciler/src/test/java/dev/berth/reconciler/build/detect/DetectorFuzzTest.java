package dev.berth.reconciler.build.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.build.catalog.CatalogFile;
import dev.berth.reconciler.build.dockerfile.DockerfileWriter;
import dev.berth.reconciler.build.dockerfile.Target;
import dev.berth.reconciler.build.files.FileText;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.BuildVariables;
import dev.berth.reconciler.build.recognise.Hints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees that nobody would commit, mixed from those that people do. */
class DetectorFuzzTest {
    private static final int TREES = 1_500;
    private static final Detector DETECTOR = new Detector(CatalogFile.defaults());
    private static final Pattern INSTRUCTION =
            Pattern.compile("|#.*|(FROM|WORKDIR|COPY|RUN|ENV|ARG|USER|EXPOSE|ENTRYPOINT|CMD) .*");
    private static final List<String> DIRECTORIES =
            List.of("", "web/", "apps/web/", "packages/a/", "public/", "src/", "odd name/", "ü/");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void detect_randomTrees_neverThrowsAndIsIndependentOfOrder(long seed) throws IOException {
        Random random = new Random(seed);
        List<Map.Entry<String, String>> pool = pool();
        for (int i = 0; i < TREES; i++) {
            Map<String, String> files = mixed(random, pool);
            Hints hints = Hints.at(random.nextInt(4) == 0 ? "web" : ".");
            Detection detection = DETECTOR.detect(FileTree.of(files), hints);
            assertThat(DETECTOR.detect(shuffled(random, files), hints))
                    .as("seed %d, tree %d: %s", seed, i, files)
                    .isEqualTo(detection);
            check(detection);
        }
    }

    /** Every line is an instruction: nothing of a tree leaks into the file as one of its own. */
    private static void check(Detection detection) {
        switch (detection) {
            case Detection.Impossible(var failure, _) ->
                    assertThat(failure.message()).isNotBlank().hasLineCount(1);
            case Detection.Found found ->
                    found.ranked()
                            .forEach(
                                    candidate -> {
                                        if (candidate.plan()
                                                instanceof Plan.Generated(var blueprint)) {
                                            assertThat(
                                                            DockerfileWriter.write(
                                                                            blueprint, target())
                                                                    .lines())
                                                    .allMatch(INSTRUCTION.asMatchPredicate());
                                        }
                                    });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "package.json",
                "pyproject.toml",
                "Cargo.toml",
                "Gemfile",
                "go.mod",
                "pom.xml",
                "build.gradle",
                "requirements.txt",
                "composer.json",
                "mix.exs",
                "Procfile",
                "pnpm-workspace.yaml",
                "next.config.js",
                ".nvmrc",
                "App.csproj",
                "deno.json"
            })
    @Timeout(60)
    void detect_hugeRepetitiveFiles_takesNoTime(String name) {
        for (String unit :
                List.of("\n", " ", "[", "{", "/*", "<module>", "languageVersion", "{:a,")) {
            Map<String, String> files = new HashMap<>();
            files.put(
                    "package.json",
                    "{\"dependencies\":{\"next\":\"1\"},\"scripts\":{\"build\":\"x\"}}");
            files.put("package-lock.json", "");
            files.put(name, unit.repeat(256 * 1024 / unit.length()));
            assertThat(DETECTOR.detect(FileTree.of(files), Hints.at("."))).isNotNull();
        }
    }

    @Test
    @Timeout(60)
    void detect_globsOfManyStars_takesNoTime() {
        Map<String, String> files = new HashMap<>();
        files.put(
                "package.json",
                "{\"workspaces\":[\"%sx\",\"%sx\"]}"
                        .formatted("**/".repeat(12), "**/*".repeat(12)));
        files.put("package-lock.json", "");
        files.put("d/".repeat(40) + "package.json", "{}");
        assertThat(DETECTOR.detect(FileTree.of(files), Hints.at("."))).isNotNull();
    }

    private static Target target() {
        return new Target("shop", BuildVariables.NONE);
    }

    private static List<Map.Entry<String, String>> pool() throws IOException {
        List<Map.Entry<String, String>> pool = new ArrayList<>();
        DetectorTreesTest.all().forEach(tree -> pool.addAll(tree.files().entrySet()));
        return pool;
    }

    private static Map<String, String> mixed(Random random, List<Map.Entry<String, String>> pool) {
        Map<String, String> files = new HashMap<>();
        int count = 1 + random.nextInt(8);
        for (int i = 0; i < count; i++) {
            Map.Entry<String, String> file = pool.get(random.nextInt(pool.size()));
            String directory =
                    random.nextInt(3) == 0
                            ? DIRECTORIES.get(random.nextInt(DIRECTORIES.size()))
                            : "";
            files.put(directory + file.getKey(), damaged(random, file.getValue()));
        }
        return files;
    }

    private static String damaged(Random random, String text) {
        if (text.isEmpty() || random.nextInt(3) != 0) {
            return text;
        }
        int at = random.nextInt(text.length());
        return switch (random.nextInt(5)) {
            case 0 -> text.substring(0, at);
            case 1 -> text.substring(0, at) + "\"" + text.substring(at);
            case 2 -> text.substring(0, at) + '\0' + text.substring(at);
            case 3 -> text.substring(0, at) + "\n" + text.substring(at);
            default -> text.substring(at) + text.substring(0, at);
        };
    }

    private static FileTree shuffled(Random random, Map<String, String> files) {
        List<String> paths = new ArrayList<>(files.keySet());
        Collections.shuffle(paths, random);
        Map<String, FileText> texts = new HashMap<>();
        paths.reversed().forEach(p -> texts.put(p, new FileText.Read(files.getOrDefault(p, ""))));
        return FileTree.of(paths, texts);
    }
}

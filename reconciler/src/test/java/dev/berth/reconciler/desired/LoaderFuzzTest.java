package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.ResourceId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of mutated repos: whatever the input, an answer that hangs together, soon. */
final class LoaderFuzzTest {
    private static final int ROUNDS = 1000;
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final PublishedSchema schema = new PublishedSchema();
    private final List<String> seeds = seeds();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void load_mutatedRepo_answersAndHangsTogether(long seed) {
        RandomGenerator random = new Random(seed);
        Mutations mutations = new Mutations(random);
        Repo repo = Repo.withInstance();
        repo.file("site/index.html", "hi").file("src/Dockerfile", "FROM x");
        assertTimeoutPreemptively(
                LONGEST,
                () -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        String text = mutations.mutate(seeds.get(random.nextInt(seeds.size())));
                        String path = "f%d.yaml".formatted(random.nextInt(3));
                        repo.tree.with(path, text.getBytes(StandardCharsets.UTF_8));
                        if (random.nextInt(10) == 0) {
                            repo.file("berth.yaml", mutations.mutate(Repo.INSTANCE));
                        } else if (random.nextInt(3) == 0) {
                            repo.file("berth.yaml", Repo.INSTANCE);
                        }
                        check(repo, "seed %d round %d: %s".formatted(seed, round, text));
                    }
                });
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12})
    void read_mutatedDocument_isJudgedAsBySchema(long seed) {
        RandomGenerator random = new Random(seed);
        Mutations mutations = new Mutations(random);
        DocumentReader reader = new DocumentReader();
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String text = mutations.mutate(seeds.get(random.nextInt(seeds.size())));
            for (ReadDocument document : reader.read("f", text, new Problems())) {
                Node root = document.root();
                if (document.document() != null && root != null) {
                    accepted++;
                    assertThat(schema.objections(root))
                            .as("seed %d round %d: %s", seed, round, text)
                            .isEmpty();
                }
            }
        }
        assertThat(accepted).isGreaterThan(ROUNDS / 10);
    }

    private static void check(Repo repo, String input) {
        DesiredState state;
        try {
            state = repo.load();
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(input, e);
        }
        for (Problem problem : state.problems()) {
            assertThat(problem.message()).as(input).isNotBlank().hasLineCount(1);
            assertThat(problem.location().line()).as(input).isBetween(0, 20_000);
        }
        switch (state) {
            case DesiredState.Unknown(var doubt, _) ->
                    assertThat(doubt.cause()).as(input).isNotBlank();
            case DesiredState.Known known -> checkKnown(known, input);
        }
    }

    private static void checkKnown(DesiredState.Known state, String input) {
        Set<String> claims = new HashSet<>();
        for (DesiredRoute route : state.routes()) {
            assertThat(claims.add(route.host() + route.path())).as(input).isTrue();
            if (route.destination() instanceof DesiredRoute.ToApp(ResourceId app, String process)) {
                DesiredApp target = state.apps().get(app);
                assertThat(target).as(input).isNotNull();
                if (target != null
                        && target.workload() instanceof Workload.Containers(_, var processes)) {
                    assertThat(processes).as(input).containsKey(process);
                }
            }
        }
        assertThat(Collections.disjoint(state.apps().keySet(), state.held())).as(input).isTrue();
    }

    private static List<String> seeds() {
        try (Stream<Path> example = Files.walk(Path.of("../example-config-repo"));
                Stream<Path> mistakes = Files.walk(ProblemsGoldenTest.CASES)) {
            return Stream.concat(
                            Stream.concat(example, mistakes)
                                    .filter(f -> f.toString().endsWith(".yaml"))
                                    .sorted()
                                    .map(LoaderFuzzTest::read),
                            Stream.of(
                                    Repo.app("a", "\n  image: x\n  port: 1\n  domains: [x.y]")
                                            + "---\n"
                                            + Repo.app(
                                                    "b", "{static: {path: site}, domains: [z.y]}"),
                                    Repo.app(
                                            "c",
                                            "{source: {path: src}, processes: {web: {port: 2}, w: {}}}"),
                                    Repo.domain(
                                            "d",
                                            "{host: d.y, routes: [{app: a}, {path: /c, app: c}]}"),
                                    Repo.domain("e", "\n  host: z.y\n  redirectTo: x.y")))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}

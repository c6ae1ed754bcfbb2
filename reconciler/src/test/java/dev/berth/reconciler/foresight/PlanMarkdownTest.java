package dev.berth.reconciler.foresight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.Location;
import dev.berth.reconciler.desired.Problem;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.Scene;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Comments as people read them, held against files that people review. */
final class PlanMarkdownTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/foresight");
    private static final ContainerTemplate V1 = Scene.template("shop:1");
    private static final ContainerTemplate V2 = Scene.template("shop:2");
    private static final Forecast.Mistakes NONE = new Forecast.Mistakes(List.of(), List.of());
    private static final Problem TYPE =
            new Problem(
                    new Location("apps/api.yaml", 14, 7),
                    "spec.replicas",
                    Problem.Code.TYPE,
                    "expected a whole number from 0 to 100, got \"two\"");
    private static final String HOSTILE =
            "```\n</details>\n@acme/all <img src=x onerror=y> <!-- berth --> /close\n\u202Ereversed";

    @ParameterizedTest
    @MethodSource("forecasts")
    void of_forecast_isAsReviewed(String file, Forecast forecast) throws IOException {
        String markdown = PlanMarkdown.of(forecast);
        Path golden = GOLDEN.resolve(file + ".md");
        if (Boolean.getBoolean("berth.golden.update")) {
            Files.writeString(golden, markdown);
        }
        assertThat(markdown).isEqualTo(Files.readString(golden));
    }

    static Stream<Arguments> forecasts() {
        return Stream.of(
                forecast("nothing-to-change", forecast(serving(V1), NONE)),
                forecast("everything", everything()),
                forecast(
                        "problems-alone",
                        forecast(serving(V1), new Forecast.Mistakes(List.of(TYPE), List.of()))),
                forecast(
                        "fork",
                        new Forecast.Checked(
                                subject("pull/12", "it comes from a fork"),
                                new Forecast.Mistakes(List.of(TYPE), List.of()),
                                "it comes from a fork",
                                List.of("secret.yaml"),
                                List.of(ResourceId.app("blog")),
                                List.of(ResourceId.app("shop")))),
                forecast(
                        "engine-down",
                        new Forecast.Unclear(
                                subject("pull/12"), NONE, "the engine does not answer")),
                forecast(
                        "not-there",
                        new Forecast.Unread(
                                "pull/12", "it has no such branch", Forecast.Unread.Whose.COMMIT)),
                forecast(
                        "hostile",
                        forecast(
                                serving(Scene.template("shop:1" + HOSTILE)),
                                new Forecast.Mistakes(List.of(hostile()), List.of()))));
    }

    private static Arguments forecast(String name, Forecast forecast) {
        return argumentSet(name, name, forecast);
    }

    private static Forecast.Subject subject(String name, String... notes) {
        return new Forecast.Subject(
                name,
                "3f2a91c0".repeat(5),
                "main",
                "77aa01bc".repeat(5),
                null,
                Forecast.Had.NOT,
                List.of(notes));
    }

    private static Forecast forecast(Scene scene, Forecast.Mistakes problems) {
        return Foresight.of(
                subject("pull/12"), problems, scene.plan(), Plan.NOTHING, new TreeMap<>());
    }

    /** An app of that template is wanted, and the first version of it serves. */
    private static Scene serving(ContainerTemplate template) {
        Scene scene = new Scene().app("shop", template, 1);
        return scene.serve("shop", scene.live("shop", V1, 1));
    }

    private static Problem hostile() {
        return new Problem(
                new Location("apps/`x`.yaml", 1, 1),
                "spec.env.@acme",
                Problem.Code.VALUE,
                "not allowed: " + HOSTILE);
    }

    private static Forecast everything() {
        Scene scene = new Scene().app("shop", V2, 2).app("blog", V1, 1).app("late", V1, 1);
        scene.serve("shop", scene.live("shop", V1, 1));
        for (int i = 1; i <= 6; i++) {
            scene.serve("old-" + i, scene.live("old-" + i, V1, 1));
        }
        scene.app("docs", V1, 1).serve("docs", scene.live("docs", V1, 1));
        scene.route(
                "docs.example.com",
                "/",
                new ResourceId(Kind.Domain, "docs"),
                new DesiredRoute.ToApp(ResourceId.app("docs"), "web"));
        Plan late = new Scene().app("late", V1, 1).plan();
        return Foresight.of(
                subject("feature/`@acme`", "looked at as merged into main at 77aa01bc77aa"),
                new Forecast.Mistakes(List.of(TYPE), List.of(TYPE)),
                scene.plan(),
                late,
                new TreeMap<>());
    }

    @Test
    void of_hostileText_leavesNothingOutsideOfCode() {
        String markdown =
                PlanMarkdown.of(
                        forecast(
                                serving(Scene.template("shop:1" + HOSTILE)),
                                new Forecast.Mistakes(List.of(hostile()), List.of())));

        assertThat(outsideOfCode(markdown))
                .doesNotContain("@acme", "<img", "/close", "</details>", "onerror");
        assertThat(markdown).doesNotContain("<!--").doesNotContain("\u202E");
    }

    /** Fences and spans taken out, by CommonMark's rule: closed by a mark as long as its own. */
    private static String outsideOfCode(String markdown) {
        StringBuilder outside = new StringBuilder();
        String fence = null;
        for (String line : markdown.split("\n", -1)) {
            String mark = line.replaceAll("^(`{3,}|).*", "$1");
            if (fence == null && !mark.isEmpty()) {
                fence = mark;
            } else if (fence != null) {
                fence = line.matches("`{" + fence.length() + ",}\\s*") ? null : fence;
            } else {
                outside.append(line.replaceAll("(?<!`)(`+)(?!`).+?(?<!`)\\1(?!`)", ""))
                        .append('\n');
            }
        }
        assertThat(fence).isNull();
        return outside.toString();
    }

    @Test
    void of_hugePlan_isCutWhereItSaysSoAndEndsWhole() {
        Scene scene = new Scene();
        IntStream.range(0, 400).forEach(i -> scene.app("app-" + i, V1, 1));
        List<Problem> problems = new ArrayList<>();
        for (int i = 1; i <= 500; i++) {
            problems.add(
                    new Problem(
                            new Location("a.yaml", i, 1),
                            "spec",
                            Problem.Code.VALUE,
                            "x".repeat(3 * i)));
        }

        String markdown =
                PlanMarkdown.of(forecast(scene, new Forecast.Mistakes(problems, List.of())));

        assertThat(markdown.length()).isBetween(50_000, PlanMarkdown.MOST);
        assertThat(markdown).startsWith("### Plan: 500 problems, 400 to create\n");
        assertThat(markdown).containsPattern("\\*\\*Cut here: \\d+ more parts have no room");
        assertThat(markdown.split("<details>", -1)).hasSameSizeAs(markdown.split("</details>", -1));
        assertThat(outsideOfCode(markdown)).doesNotContain("app-");
    }

    @Test
    void of_anyLength_isNeverTooLong() {
        for (int size : new int[] {1, 50, 99, 150, 1000}) {
            List<Problem> problems =
                    IntStream.range(0, size)
                            .mapToObj(
                                    i ->
                                            new Problem(
                                                    new Location("f".repeat(i), i, 1),
                                                    "`".repeat(i),
                                                    Problem.Code.VALUE,
                                                    "\u0000".repeat(i * 20)))
                            .toList();
            String markdown =
                    PlanMarkdown.of(
                            new Forecast.Unclear(
                                    subject("x".repeat(size * 100), "n".repeat(size * 100)),
                                    new Forecast.Mistakes(problems, problems),
                                    "c".repeat(size * 100)));
            assertThat(markdown.length()).isLessThanOrEqualTo(PlanMarkdown.MOST);
            outsideOfCode(markdown);
        }
    }
}

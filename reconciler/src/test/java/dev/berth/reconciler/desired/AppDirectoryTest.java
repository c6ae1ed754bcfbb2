package dev.berth.reconciler.desired;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.reconciler.source.ConfigTree;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Config files that lie in the directory of an app, which holds files of other tools as well. */
final class AppDirectoryTest {
    private static final ResourceId SITE = ResourceId.app("site");
    private static final ResourceId BLOG = ResourceId.app("blog");
    private static final String BLOG_DOCUMENT = Repo.app("blog", "{image: x:1}");
    private static final String GIVE_IT_TO_THE_APP =
            "blog.yaml: the file held Berth documents when it last was right, so it is not taken for a file of an app: mend it. If it is meant for the app now, delete it, and add it again in a later push [E-FILE]";

    /** Another app has all of the repo for its source. */
    private final Repo repo =
            Repo.withInstance()
                    .file("Dockerfile", "FROM x")
                    .file("site.yaml", Repo.app("site", "{source: {path: .}}"));

    static Stream<Arguments> mistakes() {
        return Stream.of(
                text(
                        "misspelt apiVersion",
                        BLOG_DOCUMENT.replace("apiVersion", "piVersion"),
                        "blog.yaml:1:1 apiVersion: apiVersion is missing: add apiVersion: berth/v1 [E-REQUIRED]"),
                text(
                        "misspelt version",
                        BLOG_DOCUMENT.replace("berth/v1", "brth/v1"),
                        "blog.yaml:1:13 apiVersion: expected berth/v1, got \"brth/v1\" [E-KIND]"),
                text(
                        "no head",
                        "metadata: {name: blog}\nspec: {image: x:1}\n",
                        "blog.yaml:1:1 apiVersion: apiVersion is missing: add apiVersion: berth/v1 [E-REQUIRED]"),
                text("no YAML", "{{ Values }", "[E-SYNTAX]"),
                text("another tool's", "site_name: x\nnav: []\n", GIVE_IT_TO_THE_APP),
                file(
                        "larger than 1 MiB",
                        repo -> repo.tree.with("blog.yaml", new byte[2 << 20]),
                        "blog.yaml: the file is larger than 1 MiB: split it [E-FILE]"),
                file(
                        "not UTF-8",
                        repo -> repo.tree.with("blog.yaml", "# \u00e9\n".getBytes(ISO_8859_1)),
                        "UTF-8"),
                file(
                        "a symlink",
                        repo -> repo.tree.with("blog.yaml", ConfigTree.Type.SYMLINK),
                        "blog.yaml: the file is a symlink, which Berth does not follow [E-FILE]"),
                file(
                        "a submodule",
                        repo -> repo.tree.with("blog.yaml", ConfigTree.Type.SUBMODULE),
                        GIVE_IT_TO_THE_APP));
    }

    private static Arguments text(String name, String text, String problem) {
        return file(name, repo -> repo.file("blog.yaml", text), problem);
    }

    private static Arguments file(String name, Consumer<Repo> commit, String problem) {
        return argumentSet(name, commit, problem);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void load_fileThatWasRight_isMistakenAndDeletesNothing(Consumer<Repo> mistake, String problem) {
        repo.file("blog.yaml", BLOG_DOCUMENT);
        repo.known();
        mistake.accept(repo);

        for (int i = 0; i < 3; i++) {
            DesiredState.Known state = repo.known();

            assertThat(state.apps()).containsOnlyKeys(BLOG, SITE);
            assertThat(state.pruneHold()).isNull();
            assertThat(state.problems())
                    .extracting(Problem::toString)
                    .anyMatch(p -> p.startsWith("blog.yaml") && p.contains(problem));
            repo.restart();
        }
        repo.file("blog.yaml", BLOG_DOCUMENT);
        assertThat(repo.problems()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{source: {path: src}}", "{static: {path: src}}", "{source: {}}"})
    void load_misspeltHeadBesideCode_deletesNothing(String spec) {
        repo.file("site.yaml", Repo.app("site", spec)).file("src/Dockerfile", "FROM x");
        repo.file("src/blog.yaml", BLOG_DOCUMENT);
        repo.known();
        repo.file("src/blog.yaml", BLOG_DOCUMENT.replace("apiVersion", "piVersion"));

        assertThat(repo.known().apps()).containsOnlyKeys(BLOG, SITE);
        assertThat(repo.problems())
                .containsExactly(
                        "src/blog.yaml:1:1 apiVersion: apiVersion is missing: add apiVersion: berth/v1 [E-REQUIRED]",
                        "src/blog.yaml:1:1 piVersion: no such key, did you mean apiVersion? [E-UNKNOWN-KEY]");
    }

    @Test
    void load_misspeltHeadOfTheAppItself_deletesNothing() {
        String site = Repo.app("site", "{source: {path: .}}");
        repo.file("values.yaml", "{{ broken }");
        repo.known();
        repo.file("site.yaml", site.replace("apiVersion", "piVersion"));
        DesiredState.Known state = repo.known();

        assertThat(state.apps()).containsOnlyKeys(SITE);
        assertThat(state.pruneHold()).isNull();
        assertThat(state.problems())
                .extracting(p -> p.location().file())
                .isNotEmpty()
                .containsOnly("site.yaml");
    }

    @Test
    void load_fileThatWasRight_isGoneWhenDeleted() {
        repo.file("blog.yaml", BLOG_DOCUMENT);
        repo.known();
        repo.without("blog.yaml");

        assertThat(repo.known().apps()).containsOnlyKeys(SITE);
        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_fileThatWasRight_isTheAppsOnceDeletedOrEmptied() {
        repo.file("blog.yaml", BLOG_DOCUMENT).file("shop.yaml", Repo.app("shop", "{image: x:1}"));
        repo.known();
        repo.without("blog.yaml").file("shop.yaml", "# moved\n");
        assertThat(repo.known().apps()).containsOnlyKeys(SITE);
        repo.file("blog.yaml", "site_name: x\n").file("shop.yaml", "site_name: x\n");

        assertThat(repo.known().apps()).containsOnlyKeys(SITE);
        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_newFiles_areTheApps() {
        repo.known();
        repo.file("blog.yaml", BLOG_DOCUMENT.replace("apiVersion", "piVersion"));
        repo.file("mkdocs.yml", "site_name: x\n");
        repo.tree.with("big.yaml", new byte[2 << 20]);
        repo.tree.with("link.yaml", ConfigTree.Type.SYMLINK);
        repo.tree.with("latin.yaml", "# \u00e9\n".getBytes(ISO_8859_1));

        for (int i = 0; i < 2; i++) {
            assertThat(repo.known().apps()).containsOnlyKeys(SITE);
            assertThat(repo.problems()).isEmpty();
        }
        assertThat(repo.lastGood.memory.files().keySet())
                .isEqualTo(Set.of("berth.yaml", "site.yaml"));
    }

    @Test
    void load_fileThatNeverHeldADocument_isTheApps() {
        repo.without("site.yaml").file("notes.yaml", "# nothing yet\n");
        repo.known();
        repo.file("site.yaml", Repo.app("site", "{source: {}}")).file("notes.yaml", "a: 1\n");

        assertThat(repo.lastGood.memory.files()).containsKey("notes.yaml");
        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void environments_ofRememberedFiles_areThoseThatCanBeTold() throws Exception {
        repo.file(
                "overlay.yaml",
                "apiVersion: berth/v1\nkind: Overlay\nmetadata: {name: o}\nspec: {environment: sea, target: {name: site}, patch: {spec: {suspend: true}}}\n");
        repo.known();
        DesiredStateLoader loader = new DesiredStateLoader(repo, repo.lastGood);

        assertThat(loader.environments(repo.tree)).isEqualTo(new TreeSet<>(List.of("sea")));
    }
}

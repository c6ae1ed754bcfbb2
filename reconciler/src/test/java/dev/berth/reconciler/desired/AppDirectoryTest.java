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

    static Stream<Arguments> renamedMistakes() {
        return Stream.of(
                argumentSet("misspelt apiVersion", BLOG_DOCUMENT.replace("api", "pi")),
                argumentSet("misspelt version", BLOG_DOCUMENT.replace("berth", "brth")),
                argumentSet("another version", BLOG_DOCUMENT.replace("berth/v1", "v1")),
                argumentSet("no apiVersion", BLOG_DOCUMENT.substring(21)),
                argumentSet("no head", BLOG_DOCUMENT.substring(31)),
                argumentSet("no colon", BLOG_DOCUMENT.replaceFirst(":", "")),
                argumentSet("a tab and no colon", BLOG_DOCUMENT.replaceFirst(": ", "\t").strip()),
                argumentSet(
                        "version and kind",
                        BLOG_DOCUMENT.replace("berth", "brth").replace("App", "Aplication")),
                argumentSet(
                        "version and metadata",
                        BLOG_DOCUMENT.replace("berth", "brth").replace("metad", "meatd")),
                argumentSet(
                        "after one of another tool",
                        "site_name: x\n---\n" + BLOG_DOCUMENT.replace("api", "pi")),
                argumentSet(
                        "longer than before",
                        BLOG_DOCUMENT.replace("api", "pi").replace("{image", "{port: 80, image")),
                argumentSet(
                        "in other lines",
                        BLOG_DOCUMENT
                                .replace("api", "pi")
                                .replace("{name: blog}", "\n  name: blog")));
    }

    @ParameterizedTest
    @MethodSource("renamedMistakes")
    void load_fileRenamedWithAMistake_deletesNothing(String text) {
        repo.file("blog.yaml", BLOG_DOCUMENT);
        repo.known();
        repo.without("blog.yaml").file("posts.yaml", text);

        assertRenamedStays("blog.yaml", "posts.yaml", BLOG, SITE);
        repo.file("posts.yaml", BLOG_DOCUMENT);
        assertThat(repo.problems()).isEmpty();
        assertThat(repo.known().apps()).containsOnlyKeys(BLOG, SITE);
        assertThat(repo.lastGood.memory.files()).doesNotContainKey("blog.yaml");
    }

    @Test
    void load_fileOfADirectoryOfAnApp_renamedWithAMistake_deletesNothing() {
        ResourceId shop = ResourceId.app("shop");
        String document = Repo.app("shop", "{source: {path: apps/shop}}");
        repo.file("apps/shop/app.yaml", document).file("apps/shop/Dockerfile", "FROM x");
        repo.file("apps/shop/values.yaml", "{{ Values }");
        repo.known();
        repo.without("apps/shop/app.yaml")
                .file("apps/shop/berth.yaml", document.replace("api", "pi"));

        assertRenamedStays("apps/shop/app.yaml", "apps/shop/berth.yaml", shop, SITE);
        assertThat(repo.known().pruneHold()).isNull();
        repo.without("site.yaml");
        assertThat(repo.known().apps()).containsOnlyKeys(shop);
        assertThat(repo.problems()).allMatch(problem -> problem.startsWith("apps/shop/berth.yaml"));
    }

    @Test
    void load_documentOfSeveral_movedWithAMistake_deletesNothing() {
        String wiki = Repo.app("wiki", "{image: y:1}");
        repo.file("blog.yaml", wiki + "---\n" + BLOG_DOCUMENT);
        repo.known();
        repo.file("blog.yaml", wiki)
                .file("new.yaml", BLOG_DOCUMENT.replace("berth", "brth").replace("kind", "knd"));

        assertRenamedStays("blog.yaml", "new.yaml", BLOG, SITE, ResourceId.app("wiki"));
        assertThat(repo.problems())
                .contains(
                        "new.yaml:1:1: this may declare app/blog, of which nothing is removed until it is mended: no other document declares it any more [E-REFERENCE]");
    }

    @Test
    void load_fileRenamedWithAMistake_isTheAppsOnceDeleted() {
        String mistaken = BLOG_DOCUMENT.replace("api", "pi");
        repo.file("blog.yaml", BLOG_DOCUMENT);
        repo.known();
        repo.without("blog.yaml").file("posts.yaml", mistaken);
        repo.known();
        repo.without("posts.yaml");
        assertThat(repo.known().apps()).containsOnlyKeys(SITE);
        assertThat(repo.problems()).isEmpty();
        repo.file("posts.yaml", mistaken);

        assertThat(repo.known().apps()).containsOnlyKeys(SITE);
        assertThat(repo.problems()).isEmpty();
    }

    /** What other tools say of the same app, in the same words as far as they have them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: blog}\nspec: {template: {spec: {containers: [{name: blog, image: x:1}]}}}\n",
                "apiVersion: v1\nkind: Service\nmetadata: {name: blog}\nspec: {ports: [{port: 80}]}\n",
                "name: blog\nservices: {blog: {image: x:1}}\n",
                "# blog\nimage: x:1\n",
                "{{ Values }",
                "kind: Kustomization\nmetadata: {name: blog}\nimages: [{name: x, newTag: 1}]\n"
            })
    void load_documentDeletedBesideFilesOfOtherTools_isGone(String text) {
        repo.file("blog.yaml", BLOG_DOCUMENT).file("before.yaml", text);
        repo.known();
        repo.without("blog.yaml").file("after.yaml", text);

        assertThat(repo.known().apps()).containsOnlyKeys(SITE);
        assertThat(repo.problems()).isEmpty();
    }

    private void assertRenamedStays(String former, String path, ResourceId... apps) {
        for (int i = 0; i < 3; i++) {
            DesiredState.Known state = repo.known();

            assertThat(state.apps()).containsOnlyKeys(apps);
            assertThat(state.problems())
                    .allMatch(problem -> problem.location().file().equals(path))
                    .extracting(Problem::toString)
                    .contains(
                            path
                                    + ": the file says much of what a document in "
                                    + former
                                    + " said that is gone, so it is not taken for a file of an app: mend it. If it is meant for the app now, delete it, and add it again in a later push [E-FILE]");
            repo.restart();
        }
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

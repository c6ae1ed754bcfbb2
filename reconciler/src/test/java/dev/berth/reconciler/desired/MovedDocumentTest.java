package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.reconciler.source.ConfigTree;
import dev.berth.schemas.config.ResourceId;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is gone may have been moved to where it can't be read. */
final class MovedDocumentTest {
    private static final ResourceId SITE = ResourceId.app("site");
    private static final ResourceId BLOG = ResourceId.app("blog");
    private static final ResourceId WIKI = ResourceId.app("wiki");
    private static final String SITE_DOCUMENT = Repo.app("site", "{image: x:1}");
    private static final String BLOG_DOCUMENT = Repo.app("blog", "{image: x:1}");
    private static final String WIKI_DOCUMENT = Repo.app("wiki", "{image: x:1}");
    private static final String NAMELESS =
            "---\napiVersion: berth/v1\nkind: App\nmetadata: {{name: blog}}\nspec: {image: x:1}\n";
    private static final String STAYS =
            "this may declare app/blog, of which nothing is removed until it is mended: no other document declares it any more [E-REFERENCE]";

    private final Repo repo =
            Repo.withInstance().file("apps.yaml", SITE_DOCUMENT).file("blog.yaml", BLOG_DOCUMENT);

    /** Ways to move a document to the end of a file that go wrong. */
    static Stream<Arguments> moves() {
        return Stream.of(
                move("its name can't be read", SITE_DOCUMENT + NAMELESS, 6),
                move(
                        "its kind is unknown",
                        SITE_DOCUMENT + "---\n" + BLOG_DOCUMENT.replace(": App", ": Program"),
                        6),
                move("it is cut off", SITE_DOCUMENT + "---\napiVersion: berth/v1\nkind: {", 6),
                move("no line between", SITE_DOCUMENT + BLOG_DOCUMENT, 1),
                move("no line end before", SITE_DOCUMENT.strip() + BLOG_DOCUMENT, 1),
                move(
                        "no line end before a line",
                        SITE_DOCUMENT.strip() + "---\n" + BLOG_DOCUMENT,
                        1),
                move("below the other", SITE_DOCUMENT + BLOG_DOCUMENT.indent(2), 1),
                move(
                        "a quote without end before",
                        SITE_DOCUMENT.replace("x:1", "'x:1") + "\n" + BLOG_DOCUMENT,
                        1),
                move("nothing is left of the file", "{{{ }", 1));
    }

    private static Arguments move(String name, String text, int line) {
        return argumentSet(name, text, "apps.yaml:%d:1: %s".formatted(line, STAYS));
    }

    @ParameterizedTest
    @MethodSource("moves")
    void load_movedFromAFileOfItsOwn_staysUntilMended(String text, String problem) {
        repo.known();
        repo.without("blog.yaml").file("apps.yaml", text);

        assertStays(problem, BLOG, SITE);
        repo.file("apps.yaml", SITE_DOCUMENT + "---\n" + BLOG_DOCUMENT);
        assertThat(repo.problems()).isEmpty();
        assertThat(repo.known().apps()).containsOnlyKeys(BLOG, SITE);
    }

    @ParameterizedTest
    @MethodSource("moves")
    void load_movedFromAmongOthers_staysUntilMended(String text, String problem) {
        repo.file("blog.yaml", BLOG_DOCUMENT + "---\n" + WIKI_DOCUMENT);
        repo.known();
        repo.file("blog.yaml", WIKI_DOCUMENT.replace("x:1", "x:2")).file("apps.yaml", text);

        assertStays(problem, BLOG, SITE, WIKI);
        repo.file("apps.yaml", SITE_DOCUMENT);
        assertThat(repo.problems()).isEmpty();
        assertThat(repo.known().apps()).containsOnlyKeys(SITE, WIKI);
    }

    @Test
    void load_movedBehindAnotherInANewFile_stays() {
        repo.known();
        repo.without("blog.yaml").file("new.yaml", WIKI_DOCUMENT + BLOG_DOCUMENT);

        assertStays("new.yaml:1:1: " + STAYS, BLOG, SITE);
        assertThat(repo.known().held()).containsExactly(WIKI);
    }

    @Test
    void load_movedToAFileThatIsTooLarge_stays() {
        repo.known();
        repo.without("blog.yaml").tree.with("apps.yaml", new byte[2 << 20]);

        assertStays("apps.yaml: " + STAYS, BLOG, SITE);
    }

    @Test
    void load_movedToAFileThatIsALink_stays() {
        repo.known();
        repo.without("blog.yaml").tree.with("apps.yaml", ConfigTree.Type.SYMLINK);

        assertStays("apps.yaml: " + STAYS, BLOG, SITE);
    }

    @Test
    void load_movedFromAmongOthersToANewFile_stays() {
        repo.file("blog.yaml", BLOG_DOCUMENT + "---\n" + WIKI_DOCUMENT);
        repo.known();
        repo.file("blog.yaml", WIKI_DOCUMENT).file("new.yaml", "{{{ }");

        assertStays("new.yaml:1:1: " + STAYS, BLOG, SITE, WIKI);
        assertThat(repo.known().pruneHold()).contains("new.yaml");
    }

    @Test
    void load_droppedWhileANewFileCantBeUnderstood_staysWhateverThatSays() {
        repo.file("blog.yaml", BLOG_DOCUMENT + "---\n" + WIKI_DOCUMENT);
        repo.known();
        repo.file("blog.yaml", WIKI_DOCUMENT)
                .file("new.yaml", Repo.app("main", "{}").replace("App", "Database"));

        assertStays("new.yaml:1:1: " + STAYS, BLOG, SITE, WIKI);
        repo.without("new.yaml");
        assertThat(repo.known().apps()).containsOnlyKeys(SITE, WIKI);
    }

    @Test
    void load_deletedLater_staysUntilMendedToo() {
        repo.known();
        repo.file("apps.yaml", SITE_DOCUMENT + NAMELESS);
        assertThat(repo.problems()).noneMatch(p -> p.contains("may declare"));
        repo.without("blog.yaml");

        assertStays("apps.yaml:6:1: " + STAYS, BLOG, SITE);
        repo.file("apps.yaml", SITE_DOCUMENT);
        assertThat(repo.known().apps()).containsOnlyKeys(SITE);
        assertThat(repo.problems()).isEmpty();
        assertThat(repo.lastGood.memory.files()).doesNotContainKey("blog.yaml");
    }

    @Test
    void load_mistakeInADocumentThatCantBeIt_deletesAsEver() {
        repo.known();
        repo.without("blog.yaml");
        repo.file("apps.yaml", Repo.app("site", "{imag: 'blog:1', port: [blog]}"));
        assertThat(repo.known().apps()).containsOnlyKeys(SITE);

        repo.file("blog.yaml", BLOG_DOCUMENT).file("apps.yaml", SITE_DOCUMENT);
        repo.known();
        String database = Repo.app("main", "{}").replace("App", "Database");
        repo.without("blog.yaml").file("apps.yaml", SITE_DOCUMENT + "---\n" + database);
        assertThat(repo.known().apps()).containsOnlyKeys(SITE);

        repo.file("blog.yaml", BLOG_DOCUMENT).file("apps.yaml", SITE_DOCUMENT);
        repo.known();
        String domain = Repo.domain("Blog", "{host: blog.example.com}");
        repo.without("blog.yaml").file("apps.yaml", SITE_DOCUMENT + "---\n" + domain);
        assertThat(repo.known().apps()).containsOnlyKeys(SITE);
    }

    @Test
    void load_newNameOfTheInstance_isFollowedWhateverElseIsWrong() {
        repo.known();
        repo.file(
                "berth.yaml",
                Repo.INSTANCE
                        .replace("home", "away")
                        .replace("spec: {", "spec: {prune: {confirm: [instance/home]}"));
        repo.file("apps.yaml", SITE_DOCUMENT + NAMELESS);

        assertThat(repo.known().instance()).isEqualTo("away");
        assertThat(repo.problems()).noneMatch(p -> p.contains("may declare"));
        assertThat(repo.lastGood.memory.files().get("berth.yaml")).contains("away");
    }

    @Test
    void load_manyMayHaveMoved_namesSome() {
        IntStream.range(0, 7).forEach(i -> repo.file(i + ".yaml", Repo.app("a" + i, "{image: x}")));
        repo.known();
        IntStream.range(0, 7).forEach(i -> repo.without(i + ".yaml"));
        repo.file("apps.yaml", SITE_DOCUMENT + NAMELESS);

        assertThat(repo.problems())
                .contains(
                        "apps.yaml:6:1: this may declare app/a0, app/a1, app/a2, app/a3, app/a4 and 2 more, of which nothing is removed until it is mended: no other document declares them any more [E-REFERENCE]");
        assertThat(repo.known().apps()).hasSize(9);
    }

    private void assertStays(String problem, ResourceId... apps) {
        for (int i = 0; i < 3; i++) {
            DesiredState.Known state = repo.known();

            assertThat(state.apps()).containsOnlyKeys(apps);
            assertThat(state.problems()).extracting(Problem::toString).contains(problem);
            repo.restart();
        }
    }
}

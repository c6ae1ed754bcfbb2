package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where code and files come from. */
final class SourcesTest {
    private static final ResourceId A = ResourceId.app("a");
    private static final String URL = "https://example.com/a";

    private final Repo repo =
            Repo.withInstance()
                    .file(
                            "a.yaml",
                            Repo.app("a", "{source: {repo: '%s', path: web}}".formatted(URL)));
    private final FakeTree code = new FakeTree().with("web/Dockerfile", "FROM x");

    @Test
    void load_otherRepo_isPinnedThere() {
        repo.appRepos.put(URL, Repo.fresh(77, code));
        DesiredState.Known state = repo.known();

        assertThat(pin(state).repo()).isEqualTo(URL);
        assertThat(pin(state).revision()).isEqualTo(Repo.revision("main", 77));
        assertThat(app(state).sourceRevision()).isEqualTo(Repo.revision("main", 77).commit());
        assertThat(state.waiting()).isEmpty();
    }

    @Test
    void load_onlyWhatIsLeftOutOfTheBuildChanges_theImageStays() {
        code.with("web/.dockerignore", "*.md").with("web/main.js", "1").with("web/a.md", "1");
        repo.appRepos.put(URL, Repo.fresh(1, code));
        String image = image(repo.known());

        repo.appRepos.put(URL, Repo.fresh(2, code.with("web/a.md", "2")));
        assertThat(image(repo.known())).isEqualTo(image);

        repo.appRepos.put(URL, Repo.fresh(3, code.with("web/main.js", "2")));
        assertThat(image(repo.known())).isNotEqualTo(image);
    }

    private String watching(String path, String globs) {
        repo.file(
                "a.yaml",
                Repo.app(
                        "a",
                        "{source: {repo: '%s', path: %s, watch: %s}}".formatted(URL, path, globs)));
        repo.appRepos.put(URL, Repo.fresh(1, code));
        return image(repo.known());
    }

    @Test
    void load_watchBesidePath_bothCountAndNothingElse() {
        code.with("libs/a/x.js", "1").with("libs/a/README.md", "1").with("docs/a.md", "1");
        String globs = "['libs/**', '!**/*.md']";
        String first = watching("web", globs);

        code.with("docs/a.md", "2").with("libs/a/README.md", "2").with("b.md", "1");
        assertThat(watching("web", globs)).isEqualTo(first);

        code.with("libs/a/x.js", "2");
        String second = watching("web", globs);
        assertThat(second).isNotEqualTo(first);

        code.with("web/main.js", "1");
        assertThat(watching("web", globs)).isNotEqualTo(second);
    }

    @Test
    void load_watchWithoutPath_countsWithTheFilesAtTheRootAlone() {
        FakeTree mono =
                new FakeTree()
                        .with("Dockerfile", "FROM x")
                        .with("src/a.js", "1")
                        .with("docs/a.md", "1");
        repo.file(
                "a.yaml",
                Repo.app("a", "{source: {repo: '%s', watch: ['src/**']}}".formatted(URL)));
        repo.appRepos.put(URL, Repo.fresh(1, mono));
        String first = image(repo.known());

        repo.appRepos.put(URL, Repo.fresh(2, mono.with("docs/a.md", "2")));
        assertThat(image(repo.known())).isEqualTo(first);
        assertThat(pin(repo.known()).revision()).isEqualTo(Repo.revision("main", 2));

        repo.appRepos.put(URL, Repo.fresh(3, mono.with("package-lock.json", "2")));
        String second = image(repo.known());
        assertThat(second).isNotEqualTo(first);

        repo.appRepos.put(URL, Repo.fresh(4, mono.with("src/a.js", "2")));
        assertThat(image(repo.known())).isNotEqualTo(second);
    }

    @Test
    void load_watchThatIsNoPattern_isAProblemAtItsPlace() {
        repo.file("a.yaml", Repo.app("a", "{source: {watch: ['src/**', 'a[']}}"));

        assertThat(repo.problems())
                .anyMatch(
                        problem ->
                                problem.contains("spec.source.watch[1]: \"a[\" is no pattern")
                                        && problem.contains("has no end"));
    }

    @Test
    void load_tagBesideBranchOrWithoutRepo_isAProblem() {
        repo.file(
                "a.yaml",
                Repo.app("a", "{source: {repo: '%s', tag: v1, branch: main}}".formatted(URL)));
        assertThat(repo.problems()).anyMatch(problem -> problem.contains("tag"));

        repo.file("a.yaml", Repo.app("a", "{source: {tag: v1}}"));
        assertThat(repo.problems()).anyMatch(problem -> problem.contains("tag"));

        repo.file(
                "a.yaml",
                Repo.app("a", "{source: {repo: '%s', branch: refs/tags/v1}}".formatted(URL)));
        assertThat(repo.problems()).anyMatch(problem -> problem.contains("name of a branch"));
    }

    @Test
    void load_sameContentTwice_isListedOnce() {
        code.with("web/.dockerignore", "*.md").with("web/a.md", "1");
        repo.appRepos.put(URL, Repo.fresh(1, code));
        repo.known();
        repo.known();

        assertThat(code.listed())
                .as("once, and by each of the two that know nothing and are compared with it")
                .containsExactly("web", "web", "web");
    }

    @Test
    void load_ignoreFileThatCantBeUnderstood_isSaidWithItsLine() {
        repo.appRepos.put(URL, Repo.fresh(1, code.with("web/.dockerignore", "a[")));

        assertThat(repo.problems())
                .anyMatch(
                        problem ->
                                problem.contains(
                                        "web/.dockerignore, line 1: the pattern a[ has no end in "
                                                + URL));
    }

    @Test
    void load_submoduleThatIsLeftOut_isNoFault() {
        code.with("web/lib", ConfigTree.Type.SUBMODULE).with("web/.dockerignore", "lib");
        repo.appRepos.put(URL, Repo.fresh(1, code));

        assertThat(repo.known().problems()).isEmpty();
    }

    @Test
    void load_loginInTheUrl_isInNoProblem() {
        String url = "https://bot:s3cret@example.com/a";
        repo.file("a.yaml", Repo.app("a", "{source: {repo: '%s', path: web}}".formatted(url)));
        repo.appRepos.put(url, Repo.fresh(1, new FakeTree().with("web/index.js", "")));
        List<String> nothingKnown = repo.problems();
        repo.appRepos.put(url, Repo.fresh(2, new FakeTree().with("README.md", "")));
        List<String> noDirectory = repo.problems();

        assertThat(Stream.concat(nothingKnown.stream(), noDirectory.stream()))
                .hasSize(2)
                .allMatch(problem -> problem.contains("in https://example.com/a at "))
                .noneMatch(problem -> problem.contains("s3cret") || problem.contains("bot"));
    }

    @Test
    void load_otherRepoNeverRead_isHeldWithoutBlame() {
        DesiredState.Known state = repo.known();

        assertThat(state.held()).containsExactly(A);
        assertThat(state.problems()).isEmpty();
        assertThat(state.waiting().get(A)).contains("can't reach " + URL);
    }

    @Test
    void load_otherRepoUnreachableLater_staysAtTheLastPin() {
        repo.appRepos.put(URL, Repo.fresh(77, code));
        SourcePin before = pin(repo.known());
        repo.appRepos.remove(URL);
        repo.restart();
        DesiredState.Known state = repo.known();

        assertThat(pin(state)).isEqualTo(before);
        assertThat(state.waiting().get(A)).contains("can't reach " + URL);
        assertThat(state.held()).isEmpty();
    }

    @Test
    void load_otherRepoStale_isPinnedAndSaysSo() {
        repo.appRepos.put(URL, new SourceReading.Stale(Repo.revision("main", 5), code, "timeout"));
        DesiredState.Known state = repo.known();

        assertThat(pin(state).revision().commit()).endsWith("5");
        assertThat(state.waiting().get(A)).contains("timeout");
    }

    @Test
    void load_otherRepoUnreadable_isNotAMistakeOfTheUser() {
        repo.appRepos.put(URL, Repo.fresh(1, new FakeTree().broken("corrupt pack")));
        DesiredState.Known state = repo.known();

        assertThat(state.problems()).isEmpty();
        assertThat(state.waiting().get(A)).contains("corrupt pack");
    }

    @Test
    void load_newUnreachableSource_keepsWhatRan() {
        repo.file("a.yaml", Repo.app("a", "{image: x:1}"));
        repo.known();
        repo.file("a.yaml", Repo.app("a", "{source: {repo: '%s'}}".formatted(URL)));
        for (int i = 0; i < 2; i++) {
            DesiredState.Known state = repo.known();
            assertThat(state.apps()).containsOnlyKeys(A);
            assertThat(state.waiting()).containsOnlyKeys(A);
            assertThat(state.problems()).isEmpty();
        }
    }

    @Test
    void load_dockerfileGone_isReportedAndKeepsTheLastPin() {
        repo.appRepos.put(URL, Repo.fresh(1, code));
        SourcePin before = pin(repo.known());
        repo.appRepos.put(URL, Repo.fresh(2, new FakeTree().with("web/index.js", "")));
        for (int i = 0; i < 2; i++) {
            DesiredState.Known state = repo.known();
            assertThat(pin(state)).isEqualTo(before);
            assertThat(state.problems())
                    .extracting(Problem::toString)
                    .containsExactly(
                            "a.yaml:4:16 spec.source: in https://example.com/a at 000000000000:"
                                    + " web: nothing here says how to build it (there is index.js); add"
                                    + " a Dockerfile, or set source.path to the directory of the"
                                    + " program [E-REFERENCE]");
        }
    }

    @Test
    void load_missingDirectories_areNamed() {
        repo.file("a.yaml", Repo.app("a", "{source: {path: nope}}"));
        repo.file("b.yaml", Repo.app("b", "{static: {path: gone}}"));

        assertThat(repo.problems())
                .containsExactly(
                        "a.yaml:4:23 spec.source.path: there is no directory nope in this repo"
                                + " [E-REFERENCE]",
                        "b.yaml:4:23 spec.static.path: there is no directory gone in this repo"
                                + " [E-REFERENCE]");
    }

    @Test
    void load_spaWithoutIndex_isAProblem() {
        repo.file("site/a.html", "");
        repo.file("a.yaml", Repo.app("a", "{static: {path: site, spa: true}}"));

        assertThat(repo.problems()).singleElement().asString().contains("no file site/index.html");
    }

    @Test
    void load_linksInUsedDirectories_areNamed() {
        repo.tree.with("src/Dockerfile", "").with("src/lib", ConfigTree.Type.SUBMODULE);
        repo.tree.with("site/index.html", "").with("site/up", ConfigTree.Type.SYMLINK);
        repo.tree.with("unused/lib", ConfigTree.Type.SUBMODULE);
        repo.tree.with("unused/link", ConfigTree.Type.SYMLINK);
        repo.file("a.yaml", Repo.app("a", "{source: {path: src}}"));
        repo.file("b.yaml", Repo.app("b", "{static: {path: site}}"));

        assertThat(repo.problems())
                .hasSize(2)
                .anyMatch(p -> p.contains("src/lib is a submodule"))
                .anyMatch(p -> p.contains("site/up is a symlink"));
    }

    private DesiredApp app(DesiredState.Known state) {
        return Objects.requireNonNull(state.apps().get(A));
    }

    private SourcePin pin(DesiredState.Known state) {
        Workload.Containers containers = (Workload.Containers) app(state).workload();
        return ((ImageSource.Built) containers.image()).pin();
    }

    private String image(DesiredState.Known state) {
        return ((Workload.Containers) app(state).workload()).image().reference();
    }
}

package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.source.Doubt;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One document, one fate; unknown is not empty. */
final class FatesTest {
    private static final ResourceId A = ResourceId.app("a");
    private static final ResourceId B = ResourceId.app("b");
    private static final ResourceId C = ResourceId.app("c");

    private final Repo repo = Repo.withInstance();

    @Test
    void load_brokenDocument_keepsItsLastRightVersion() {
        repo.file("a.yaml", Repo.app("a", "{image: x:1, port: 1}"));
        repo.file("b.yaml", Repo.app("b", "{image: x:1, port: 1}"));
        repo.known();
        repo.file("a.yaml", Repo.app("a", "{image: x:2, port: one}"));
        repo.file("b.yaml", Repo.app("b", "{image: x:2, port: 1}"));
        DesiredState.Known state = repo.known();

        assertThat(image(state, A)).isEqualTo("x:1");
        assertThat(image(state, B)).isEqualTo("x:2");
        assertThat(state.routes()).hasSize(2);
        assertThat(state.held()).isEmpty();
        assertThat(state.pruneHold()).isNull();
        assertThat(state.problems()).hasSize(1);
    }

    @Test
    void load_afterManyBrokenCommitsAndARestart_stillKeepsIt() {
        repo.file("a.yaml", Repo.app("a", "{image: x:1}"));
        repo.known();
        for (int i = 0; i < 3; i++) {
            repo.file("a.yaml", Repo.app("a", "{image: [%d]}".formatted(i)));
            repo.known();
            repo.restart();
        }
        assertThat(image(repo.known(), A)).isEqualTo("x:1");

        repo.file("a.yaml", Repo.app("a", "{image: x:2}"));
        assertThat(image(repo.known(), A)).isEqualTo("x:2");
    }

    @Test
    void load_brokenDocumentNeverRight_isHeld() {
        repo.file("a.yaml", Repo.app("a", "{image: x, prot: 1}"));
        DesiredState.Known state = repo.known();

        assertThat(state.held()).containsExactly(A);
        assertThat(state.apps()).isEmpty();
        assertThat(state.pruneHold()).isNull();
    }

    @Test
    void load_syntaxErrorInOneDocument_costsOnlyThatOne() {
        repo.file(
                "a.yaml",
                Repo.app("a", "{image: x:1}")
                        + "---\n"
                        + Repo.app("b", "{image: x:1}")
                        + "---\n"
                        + Repo.app("c", "{image: x:1}"));
        repo.known();
        repo.file(
                "a.yaml",
                Repo.app("a", "{image: x:2}")
                        + "---\n"
                        + Repo.app("b", "{image: x:2")
                        + "---\n"
                        + Repo.app("c", "{image: x:2}"));
        DesiredState.Known state = repo.known();

        assertThat(image(state, A)).isEqualTo("x:2");
        assertThat(image(state, B)).isEqualTo("x:1");
        assertThat(image(state, C)).isEqualTo("x:2");
        assertThat(state.problems()).extracting(Problem::code).containsExactly(Problem.Code.SYNTAX);
    }

    @Test
    void load_syntaxErrorNeverRight_isHeldWhenItsNameCanBeRead() {
        repo.file("a.yaml", Repo.app("a", "{image: \"x"));

        assertThat(repo.known().held()).containsExactly(A);
        assertThat(repo.known().pruneHold()).isNull();
    }

    @Test
    void load_removedFromARightFile_isGone() {
        repo.file("a.yaml", Repo.app("a", "{image: x}") + "---\n" + Repo.app("b", "{image: x}"));
        repo.file("c.yaml", Repo.app("c", "{image: x}"));
        repo.known();
        repo.file("a.yaml", Repo.app("a", "{image: x}")).without("c.yaml");
        DesiredState.Known state = repo.known();

        assertThat(state.apps()).containsOnlyKeys(A);
        assertThat(state.held()).isEmpty();
    }

    @Test
    void load_removedFromAFileWithAProblem_stays() {
        repo.file("a.yaml", Repo.app("a", "{image: x}") + "---\n" + Repo.app("b", "{image: x}"));
        repo.known();
        repo.file("a.yaml", Repo.app("a", "{imag: x}"));
        assertThat(repo.known().apps()).containsOnlyKeys(A, B);
        assertThat(repo.known().apps()).containsOnlyKeys(A, B);

        repo.file("a.yaml", Repo.app("a", "{image: x}"));
        assertThat(repo.known().apps()).containsOnlyKeys(A);
    }

    @Test
    void load_misspeltKind_removesNothing() {
        repo.file("a.yaml", Repo.app("a", "{image: x}"));
        repo.known();
        repo.file("a.yaml", Repo.app("a", "{image: x}").replace("apiVersion", "piVersion"));
        assertThat(repo.known().apps()).containsOnlyKeys(A);
        repo.file("a.yaml", Repo.app("a", "{image: x}").replace("kind: App", "kind: Apps"));
        assertThat(repo.known().apps()).containsOnlyKeys(A);
        repo.file("a.yaml", Repo.app("a", "{image: x}").replace("kind: App", "kind: Database"));
        assertThat(repo.known().apps()).containsOnlyKeys(A);
    }

    @Test
    void load_misspeltHeadBesideAnInstanceWithASource_removesNothing() {
        repo.file(
                "berth.yaml",
                "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec: {source: {interval: 1m}}\n");
        repo.file("a.yaml", Repo.app("a", "{image: x}"));
        repo.known();
        repo.file("a.yaml", Repo.app("a", "{image: x}").replace("apiVersion", "piVersion"));

        assertThat(repo.known().apps()).containsOnlyKeys(A);
    }

    @Test
    void load_fileThatCantBeUnderstood_stopsAllRemovals() {
        repo.file("a.yaml", Repo.app("a", "{image: x}"));
        repo.known();
        repo.without("a.yaml").file("moved.yaml", "{{{ }");
        DesiredState.Known state = repo.known();

        assertThat(state.pruneHold()).contains("moved.yaml");
        assertThat(state.apps()).containsOnlyKeys(A);
        assertThat(repo.known().apps()).containsOnlyKeys(A);
    }

    @Test
    void load_fileThatWasRightOnce_freezesOnlyItself() {
        repo.file("a.yaml", Repo.app("a", "{image: x}"));
        repo.file("b.yaml", Repo.app("b", "{image: x}"));
        repo.known();
        repo.file("a.yaml", Repo.app("a", "{image: [")).without("b.yaml");
        DesiredState.Known state = repo.known();

        assertThat(state.pruneHold()).isNull();
        assertThat(state.apps()).containsOnlyKeys(A);
    }

    @Test
    void load_fileOfAnotherTool_isAProblemButStopsNothing() {
        repo.file("mkdocs.yml", "site_name: x\nnav: []\n");
        DesiredState.Known state = repo.known();

        assertThat(state.problems()).extracting(Problem::code).containsExactly(Problem.Code.KIND);
        assertThat(state.pruneHold()).isNull();
    }

    @Test
    void load_filesOfAWorkspaceAboveAnApp_areItsOwnBusinessAndOthersAreNot() {
        repo.file("a.yaml", Repo.app("a", "{source: {path: code/apps/web}}"))
                .file("code/apps/web/Dockerfile", "FROM x")
                .file("code/pnpm-workspace.yaml", "packages: [apps/*]\n")
                .file("code/pnpm-lock.yaml", "lockfileVersion: '9.0'\n")
                .file("other/pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .extracting(Problem::toString)
                .singleElement()
                .asString()
                .startsWith("other/pnpm-lock.yaml");
    }

    @Test
    void load_documentMovedToAnotherFile_followsIt() {
        repo.file("a.yaml", Repo.app("a", "{image: x:1}") + "---\n" + Repo.app("b", "{image: x}"));
        repo.known();
        repo.file("a.yaml", Repo.app("b", "{imag: x}"));
        repo.file("new.yaml", Repo.app("a", "{image: x:2}"));
        DesiredState.Known state = repo.known();

        assertThat(image(state, A)).isEqualTo("x:2");
        assertThat(state.apps()).containsOnlyKeys(A, B);
    }

    @Test
    void load_renamedAndBroken_keepsItsLastRightVersion() {
        repo.file("a.yaml", Repo.app("a", "{image: x:1}"));
        repo.known();
        repo.without("a.yaml").file("b.yaml", Repo.app("a", "{imag: x:2}"));

        assertThat(image(repo.known(), A)).isEqualTo("x:1");
        assertThat(image(repo.known(), A)).isEqualTo("x:1");
    }

    @Test
    void load_sameNameTwice_keepsWhatWas() {
        repo.file("a.yaml", Repo.app("a", "{image: x:1}"));
        repo.known();
        repo.file("b.yaml", Repo.app("a", "{image: x:2}"));
        DesiredState.Known state = repo.known();

        assertThat(image(state, A)).isEqualTo("x:1");
        assertThat(state.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "a.yaml:3:18 metadata.name: app/a is also declared at b.yaml:1:1: rename or remove one [E-DUPLICATE-RESOURCE]",
                        "b.yaml:3:18 metadata.name: app/a is also declared at a.yaml:1:1: rename or remove one [E-DUPLICATE-RESOURCE]");
    }

    @Test
    void load_sameNameTwiceFromTheStart_isHeld() {
        repo.file("a.yaml", Repo.app("a", "{image: x}"))
                .file("b.yaml", Repo.app("a", "{image: x}"));

        assertThat(repo.known().held()).containsExactly(A);
    }

    @Test
    void load_noInstanceEver_isUnknown() {
        repo.without("berth.yaml").file("a.yaml", Repo.app("a", "{image: x}"));
        DesiredState state = repo.load();

        assertThat(state).isInstanceOf(DesiredState.Unknown.class);
        assertThat(state.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "berth.yaml: no file has a document of kind Instance: add one [E-REQUIRED]");
    }

    @Test
    void load_instanceGone_keepsTheLastOneAndAllInItsFile() {
        repo.file("berth.yaml", Repo.INSTANCE + "---\n" + Repo.app("a", "{image: x}"));
        repo.file("b.yaml", Repo.app("b", "{image: x}"));
        repo.known();
        repo.without("berth.yaml");
        assertThat(repo.known().apps()).containsOnlyKeys(A, B);
        assertThat(repo.known().apps()).containsOnlyKeys(A, B);
        assertThat(repo.known().instance()).isEqualTo("home");
        assertThat(repo.problems()).hasSize(1);
    }

    @Test
    void load_instanceBroken_keepsTheLastOne() {
        repo.known();
        repo.file("berth.yaml", Repo.INSTANCE.replace("{}", "{domian: x}"));

        assertThat(repo.known().settings().domain()).isEqualTo("localhost");
    }

    @Test
    void load_secondInstance_isRefused() {
        repo.known();
        repo.file("z.yaml", Repo.INSTANCE.replace("home", "away"));
        DesiredState.Known state = repo.known();

        assertThat(state.instance()).isEqualTo("home");
        assertThat(state.problems())
                .extracting(Problem::code)
                .containsExactly(Problem.Code.DUPLICATE_RESOURCE, Problem.Code.DUPLICATE_RESOURCE);
    }

    @Test
    void load_nothingToRead_isUnknownAndNeverEmpty() {
        assertThat(repo.load(new SourceReading.Unavailable("no route to host")))
                .isEqualTo(new DesiredState.Unknown("no route to host", List.of()));
        assertThat(new Repo().load()).isInstanceOf(DesiredState.Unknown.class);
        assertThat(new Repo().file("README.md", "x").file("x.yaml", "# empty\n---\n").load())
                .isInstanceOf(DesiredState.Unknown.class);
        repo.tree.broken("disk error");
        assertThat(repo.load()).isInstanceOf(DesiredState.Unknown.class);
    }

    @Test
    void load_emptyTreeAfterARightOne_forgetsNothing() {
        repo.file("a.yaml", Repo.app("a", "{image: x}"));
        repo.known();
        String app = Repo.app("a", "{image: x}");
        repo.without("a.yaml").without("berth.yaml");
        assertThat(repo.load()).isInstanceOf(DesiredState.Unknown.class);
        repo.file("berth.yaml", Repo.INSTANCE).file("a.yaml", app.replace("image", "imag"));

        assertThat(repo.known().apps()).containsOnlyKeys(A);
    }

    @Test
    void load_staleReading_carriesItsCause() {
        DesiredState state =
                repo.load(new SourceReading.Stale(Repo.revision("main", 1), repo.tree, "timeout"));

        assertThat(((DesiredState.Known) state).stale()).isEqualTo(Doubt.unavailable("timeout"));
    }

    @Test
    void load_memoryCantBeWritten_isShownAndChangesNothingElse() {
        repo.file("a.yaml", Repo.app("a", "{image: x}"));
        repo.lastGood.fault = "disk full";
        DesiredState.Known state = repo.known();

        assertThat(state.apps()).containsOnlyKeys(A);
        assertThat(state.waiting().values()).containsExactly("disk full");
        repo.lastGood.fault = null;
        assertThat(repo.known().waiting()).isEmpty();
    }

    @Test
    void load_readOnlyMemory_isUsedAndNotChanged() {
        repo.file("a.yaml", Repo.app("a", "{image: x:1}"));
        repo.known();
        LastGood.Memory before = repo.lastGood.memory;
        repo.file("a.yaml", Repo.app("a", "{imag: x:2}"));
        repo.file("b.yaml", Repo.app("b", "{image: x}"));
        DesiredState state =
                new DesiredStateLoader(repo, repo.lastGood.readOnly())
                        .load(Repo.fresh(9, repo.tree));

        assertThat(image((DesiredState.Known) state, A)).isEqualTo("x:1");
        assertThat(repo.lastGood.memory).isSameAs(before);
    }

    @Test
    void load_sameTree_givesTheSameStateAndMemory() {
        repo.file("a.yaml", Repo.app("a", "{image: x:1, port: 1}"));
        repo.file("b.yaml", Repo.app("b", "{imag: x:1}"));
        SourceReading reading = Repo.fresh(1, repo.tree);
        DesiredState first = repo.load(reading);
        LastGood.Memory memory = repo.lastGood.memory;

        assertThat(repo.load(reading)).isEqualTo(first);
        assertThat(repo.lastGood.memory).isEqualTo(memory);
        assertThat(memory.files().keySet()).isEqualTo(Set.of("a.yaml", "berth.yaml"));
    }

    private static String image(DesiredState.Known state, ResourceId id) {
        DesiredApp app = Objects.requireNonNull(state.apps().get(id), id.toString());
        return ((Workload.Containers) app.workload()).image().reference();
    }
}

package dev.berth.reconciler.build.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.catalog.CatalogFile;
import dev.berth.reconciler.build.detect.Detection;
import dev.berth.reconciler.build.detect.Detector;
import dev.berth.reconciler.build.files.FileTreeReader.Limits;
import dev.berth.reconciler.build.recognise.Hints;
import dev.berth.reconciler.source.ConfigTree;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FileTreeReaderTest {
    private static final FileTreeReader READER = new FileTreeReader(Limits.USUAL);

    @Test
    void read_manifestsAndLockFiles_readsOnlyManifests() throws ReconcileException {
        MemoryCommit commit =
                new MemoryCommit()
                        .with("package.json", "{}")
                        .with("package-lock.json", "{}")
                        .with("src/App.tsx", "x")
                        .with("node_modules/a/package.json", "{}");
        FileTree tree = READER.read(commit, ".");
        assertThat(commit.read()).containsExactly("package.json");
        assertThat(tree.has("package-lock.json")).isTrue();
        assertThat(tree.text("package-lock.json")).isNull();
        assertThat(tree.text("package.json")).isEqualTo(new FileText.Read("{}"));
        assertThat(tree.has("node_modules/a/package.json")).isFalse();
    }

    @Test
    void read_fileLargerThanTheLimit_isToldApart() throws ReconcileException {
        MemoryCommit commit = new MemoryCommit().with("package.json", "{\"a\": 1}");
        FileTree tree = new FileTreeReader(new Limits(4, 10)).read(commit, ".");
        assertThat(tree.text("package.json")).isEqualTo(new FileText.TooLarge(4));
        assertThat(new Detector(CatalogFile.defaults()).detect(tree, Hints.at(".")))
                .isInstanceOfSatisfying(
                        Detection.Impossible.class,
                        e -> assertThat(e.failure().what()).contains("larger than the 4 bytes"));
    }

    @Test
    void read_symlinksAndSubmodules_areNoFiles() throws ReconcileException {
        MemoryCommit commit = new MemoryCommit().with("a.txt", "");
        commit.with(new ConfigTree.Entry("package.json", ConfigTree.Type.SYMLINK, 5));
        commit.with(new ConfigTree.Entry("go.mod", ConfigTree.Type.SUBMODULE, 0));
        assertThat(READER.read(commit, ".").paths()).containsExactly("a.txt");
    }

    @Test
    void read_memberOfAWorkspace_readsTheManifestsAbove() throws ReconcileException {
        MemoryCommit commit =
                new MemoryCommit()
                        .with("package.json", "{}")
                        .with("apps/web/package.json", "{}")
                        .with("packages/ui/package.json", "{}");
        READER.read(commit, "apps/web");
        assertThat(commit.read())
                .containsExactlyInAnyOrder(
                        "apps/web/package.json", "package.json", "packages/ui/package.json");
    }

    @Test
    void read_memberOfAWorkspaceFarBelowTheRoot_readsTheOtherMembers() throws ReconcileException {
        MemoryCommit commit =
                new MemoryCommit()
                        .with("services/shop/package.json", "{}")
                        .with("services/shop/apps/web/package.json", "{}")
                        .with("services/shop/packages/ui/core/package.json", "{}")
                        .with("services/other/package.json", "{}");
        READER.read(commit, "services/shop/apps/web");
        assertThat(commit.read())
                .containsExactlyInAnyOrder(
                        "services/shop/apps/web/package.json",
                        "services/shop/package.json",
                        "services/shop/packages/ui/core/package.json");
    }

    @Test
    void detect_fiveThousandDirectories_readsFewFiles() throws ReconcileException {
        MemoryCommit commit =
                new MemoryCommit().with("package.json", "{\"workspaces\":[\"packages/*\"]}");
        commit.with("package-lock.json", "");
        for (int i = 0; i < 5_000; i++) {
            commit.with(
                            "packages/p%04d/package.json".formatted(i),
                            "{\"name\":\"p%d\"}".formatted(i))
                    .with("packages/p%04d/src/deep/main.py".formatted(i), "");
        }
        commit.with(
                "apps/web/package.json",
                "{\"devDependencies\":{\"vite\":\"8\"},\"scripts\":{\"build\":\"vite build\"}}");
        commit.with("apps/web/package-lock.json", "");
        FileTree tree = READER.read(commit, "apps/web");
        assertThat(new Detector(CatalogFile.defaults()).detect(tree, Hints.at("apps/web")))
                .isInstanceOf(Detection.Found.class);
        assertThat(commit.read()).hasSizeLessThan(150);

        commit.read().clear();
        READER.read(commit, ".");
        assertThat(commit.read()).hasSizeLessThan(150);
    }

    @Test
    void of_filesInAnyOrder_givesEqualAnswers() {
        Map<String, String> files = Map.of("b/c", "", "a", "", "b/a", "");
        FileTree tree = FileTree.of(files);
        assertThat(tree.paths()).containsExactly("a", "b/a", "b/c");
        assertThat(tree.filesIn("b")).containsExactly("a", "c");
        assertThat(tree.hasDirectory("b")).isTrue();
        assertThat(tree.hasDirectory("c")).isFalse();
        assertThat(tree.below(".", "c"::equals)).containsExactly("b/c");
    }
}

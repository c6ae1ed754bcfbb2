package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuildContextTest {
    @AutoClose private final FollowedRepo source;
    private final ScratchRepo repo;

    BuildContextTest(@TempDir Path directory) {
        source = new FollowedRepo(directory);
        repo = source.repo;
    }

    private List<String> sent(String path, String dockerfile) throws Exception {
        ConfigTree tree = source.tree();
        BuildContext context = BuildContext.of(tree, path, dockerfile);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        tree.writeTar(path, context::keeps, out);
        List<String> names = new ArrayList<>();
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new ByteArrayInputStream(out.toByteArray()), "UTF-8")) {
            for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                names.add(e.getName());
            }
        }
        List<String> files = names.stream().filter(n -> !n.endsWith("/")).toList();
        assertThat(context.kept(tree).keySet()).containsExactlyElementsOf(files);
        assertThat(context.sent().stream().map(ConfigTree.Entry::path))
                .containsExactlyElementsOf(
                        files.stream().map(n -> path.equals(".") ? n : path + "/" + n).toList());
        return names;
    }

    @Test
    void of_nothingIsLeftOut_allIsSent() throws Exception {
        repo.push(Map.of("app/Dockerfile", "", "app/src/a", "1", "other", ""));

        assertThat(sent("app", "Dockerfile")).containsExactly("Dockerfile", "src/", "src/a");
    }

    @Test
    void of_dockerignore_leavesOutWhatItSaysAndKeepsWhatTheEngineReads() throws Exception {
        repo.push(
                Map.of(
                        "app/Dockerfile", "",
                        "app/.dockerignore", "*\n!src/**/*.js\n",
                        "app/src/deep/a.js", "1",
                        "app/src/b.md", "2",
                        "app/secret.key", "3"));

        assertThat(sent("app", "Dockerfile"))
                .containsExactly(".dockerignore", "Dockerfile", "src/deep/a.js");
    }

    @Test
    void of_ignoreFileOfTheDockerfile_countsInPlaceOfTheOther() throws Exception {
        repo.push(
                Map.of(
                        "web.Dockerfile", "",
                        "web.Dockerfile.dockerignore", "b",
                        ".dockerignore", "a",
                        "a", "1",
                        "b", "2"));

        assertThat(sent(".", "web.Dockerfile")).contains("a").doesNotContain("b");
    }

    @Test
    void of_berthignore_hasTheLastWord() throws Exception {
        repo.push(
                Map.of(
                        "Dockerfile", "",
                        ".dockerignore", "a",
                        ".berthignore", "!a\nb\n.berthignore",
                        "a", "1",
                        "b", "2"));

        assertThat(sent(".", "Dockerfile")).containsExactly(".dockerignore", "Dockerfile", "a");
    }

    @Test
    void of_whatIsLeftOutCouldNotBeSent_isNoFault() throws Exception {
        repo.push(
                Map.of(
                        "app/Dockerfile", "",
                        "app/.dockerignore", "*.psd",
                        "app/big.psd",
                                "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 9\n"
                                        .formatted("ab".repeat(32))));

        assertThat(sent("app", "Dockerfile")).containsExactly(".dockerignore", "Dockerfile");
    }

    @Test
    void of_patternWithoutEnd_isStalledWithFileAndLine() {
        repo.push(Map.of("app/Dockerfile", "", "app/.dockerignore", "a\nb[c\n"));

        assertThatThrownBy(() -> BuildContext.of(source.tree(), "app", "Dockerfile"))
                .isInstanceOf(ReconcileException.Stalled.class)
                .hasMessage("app/.dockerignore, line 2: the pattern b[c has no end");
    }

    @Test
    void dockerfileText_leftOutByRules_isReadAllTheSame() throws Exception {
        repo.push(Map.of("app/web.Dockerfile", "FROM x", "app/.dockerignore", "*"));

        assertThat(dockerfileText("app", "web.Dockerfile")).isEqualTo("FROM x");
    }

    @Test
    void dockerfileText_notThere_isEmpty() throws Exception {
        repo.push(Map.of("Dockerfile", "FROM x", "app/a", "1"));

        assertThat(dockerfileText("app", "Dockerfile")).isEmpty();
        assertThat(dockerfileText(".", "app")).isEmpty();
    }

    @Test
    void dockerfileText_link_isEmpty() throws Exception {
        Files.createSymbolicLink(repo.work().resolve("Dockerfile"), Path.of("other"));
        repo.push("other", "FROM x");

        assertThat(dockerfileText(".", "Dockerfile")).isEmpty();
    }

    @Test
    void dockerfileText_tooLarge_isStalledWithItsPath() {
        repo.push("app/Dockerfile", "#".repeat((1 << 20) + 1));

        assertThatThrownBy(() -> dockerfileText("app", "Dockerfile"))
                .isInstanceOf(ReconcileException.Stalled.class)
                .hasMessage("app/Dockerfile has more than 1048576 bytes");
    }

    private String dockerfileText(String path, String dockerfile) throws Exception {
        ConfigTree tree = source.tree();
        return BuildContext.of(tree, path, dockerfile).dockerfileText(tree);
    }
}

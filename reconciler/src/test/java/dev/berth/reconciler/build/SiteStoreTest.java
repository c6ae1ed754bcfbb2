package dev.berth.reconciler.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.desired.Recipe;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SiteStoreTest {
    private static final ResourceId BLOG = ResourceId.app("blog");

    @TempDir Path root;
    private Instant now = Instant.parse("2026-11-21T09:00:00Z");
    private ExportedTree tree = new ExportedTree(Map.of("index.html", "hello"), false);
    private SiteStore store;

    @BeforeEach
    void open() {
        store = new SiteStore(root, () -> now);
    }

    private static Workload.Files site(String directoryId) {
        Revision revision = new Revision("main", "c".repeat(40), "Ada", Instant.EPOCH);
        SourcePin pin = new SourcePin(null, revision, ".", directoryId);
        return new Workload.Files(new Workload.Origin.Directory(pin), false);
    }

    private static Workload.Files recognised(String directoryId) {
        Revision revision = new Revision("main", "c".repeat(40), "Ada", Instant.EPOCH);
        SourcePin pin = new SourcePin(null, revision, ".", directoryId);
        Recipe.AsItIs recipe =
                new Recipe.AsItIs(
                        new Recipe.Recognised("static files", "index.html"), ".", ".", false);
        return new Workload.Files(new Workload.Origin.Selection(pin, recipe), false);
    }

    private void publish(String directoryId) throws ReconcileException {
        store.publish(BLOG, site(directoryId), out -> tree.writeTar(".", out));
    }

    private void serve(String directoryId) throws ReconcileException {
        publish(directoryId);
        store.retireAllBut(BLOG, directoryId);
    }

    @Test
    void publish_files_areThereWithTheirLinks() throws Exception {
        tree =
                new ExportedTree(
                        Map.of("index.html", "hello", "css/a.css", "a {}", "now", "->css"), false);

        publish("aaa");

        Path directory = store.directory(BLOG, site("aaa"));
        assertThat(directory.resolve("index.html")).hasContent("hello");
        assertThat(directory.resolve("css/a.css")).hasContent("a {}");
        assertThat(Files.readSymbolicLink(directory.resolve("now"))).isEqualTo(Path.of("css"));
        assertThat(store.published()).containsEntry(BLOG, Map.of("aaa", directory.toString()));
    }

    @Test
    void published_strayFiles_areIgnored() throws Exception {
        publish("aaa");
        Files.writeString(root.resolve("notes.txt"), "stray");
        Files.writeString(root.resolve("blog").resolve("notes.txt"), "stray");

        assertThat(store.published()).containsOnlyKeys(BLOG);
        assertThat(store.published().get(BLOG)).containsOnlyKeys("aaa");
    }

    @Test
    void publish_failsHalfWay_leavesNothing() throws Exception {
        tree = new ExportedTree(Map.of("index.html", "hello"), true);

        assertThatThrownBy(() -> publish("aaa")).isInstanceOf(ReconcileException.Transient.class);

        assertThat(store.published().get(BLOG)).isEmpty();
        try (var left = Files.list(root.resolve("blog"))) {
            assertThat(left).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "contact.php",
                "a/Contact.PHP5",
                "config.inc",
                "x.phar",
                "cgi-bin/count.pl",
                "a.jsp",
                "b.aspx",
                "wp-config.php.bak",
                "mail.php~",
                ".mail.php.swp"
            })
    void publish_serverCodeInWhatWasRecognised_isRefusedByItsName(String name) {
        tree = new ExportedTree(Map.of("index.html", "hello", name, "<?php"), false);

        assertThatThrownBy(
                        () ->
                                store.publish(
                                        BLOG, recognised("aaa"), out -> tree.writeTar(".", out)))
                .isInstanceOf(ReconcileException.Stalled.class)
                .hasMessageContaining("have " + name + ", ")
                .hasMessageContaining(".dockerignore");

        assertThat(root.resolve("blog").resolve("aaa")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"php.html", "a.phpx/index.html", "incoming.js", "perl", "a.pln"})
    void publish_namesThatAreNoServerCode_areThere(String name) throws Exception {
        tree = new ExportedTree(Map.of(name, "hello"), false);

        store.publish(BLOG, recognised("aaa"), out -> tree.writeTar(".", out));

        assertThat(store.directory(BLOG, recognised("aaa")).resolve(name)).exists();
    }

    @Test
    void publish_serverCodeInWhatTheAuthorCallsStatic_isThere() throws Exception {
        tree = new ExportedTree(Map.of("a.php", "hello"), false);

        publish("aaa");

        assertThat(store.directory(BLOG, site("aaa")).resolve("a.php")).exists();
    }

    @Test
    void retire_replacedVersion_staysAWeek() throws Exception {
        serve("aaa");
        serve("bbb");
        now = now.plus(SiteStore.KEPT).minusSeconds(1);
        serve("ccc");
        assertThat(published()).containsOnlyKeys("aaa", "bbb", "ccc");

        now = now.plusSeconds(1);
        store.retireAllBut(BLOG, "ccc");

        assertThat(published()).containsOnlyKeys("bbb", "ccc");
    }

    @Test
    void retire_versionServedAgain_startsANewWeekWhenReplaced() throws Exception {
        serve("aaa");
        serve("bbb");
        now = now.plus(Duration.ofDays(6));
        serve("aaa");
        now = now.plus(Duration.ofDays(1));
        serve("ccc");
        assertThat(published()).containsOnlyKeys("aaa", "bbb", "ccc");

        now = now.plus(Duration.ofDays(6));
        store.retireAllBut(BLOG, "ccc");

        assertThat(published())
                .as("bbb was replaced a day before aaa")
                .containsOnlyKeys("aaa", "ccc");
    }

    @Test
    void retire_nothingServed_keepsAllAWeek() throws Exception {
        serve("aaa");
        store.retireAllBut(BLOG, "");
        assertThat(published()).containsOnlyKeys("aaa");

        now = now.plus(SiteStore.KEPT);
        store.retireAllBut(BLOG, "");

        assertThat(published()).isEmpty();
    }

    @Test
    void remove_app_leavesNothing() throws Exception {
        serve("aaa");
        serve("bbb");

        store.remove(BLOG);

        assertThat(root.resolve("blog")).doesNotExist();
    }

    @Test
    void domainOfTheSameName_switchedAndRemoved_leavesTheAppsFiles() throws Exception {
        ResourceId domain = new ResourceId(Kind.Domain, "blog");
        serve("aaa");

        store.retireAllBut(domain, "");
        now = now.plus(SiteStore.KEPT);
        store.retireAllBut(domain, "");
        store.remove(domain);

        assertThat(published()).containsOnlyKeys("aaa");
    }

    @Test
    void retire_appWithoutFiles_isFine() throws Exception {
        store.retireAllBut(BLOG, "");

        assertThat(root.resolve("blog")).doesNotExist();
    }

    private Map<String, String> published() throws ReconcileException {
        return store.published().getOrDefault(BLOG, Map.of());
    }

    /**
     * A tree that can only be exported.
     *
     * @param files content by path; after {@code ->} the target of a symlink
     */
    private record ExportedTree(Map<String, String> files, boolean breaksOff)
            implements ConfigTree {
        @Override
        public SortedMap<String, String> fileIds(String directory) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void writeTar(String directory, Predicate<String> keeps, OutputStream out)
                throws ReconcileException {
            try {
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
                for (Map.Entry<String, String> file : files.entrySet()) {
                    write(tar, file.getKey(), file.getValue());
                }
                tar.finish();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            if (breaksOff) {
                throw new ReconcileException.Transient(ReasonCode.SourceUnavailable, "broke off");
            }
        }

        private static void write(TarArchiveOutputStream tar, String path, String content)
                throws IOException {
            if (content.startsWith("->")) {
                TarArchiveEntry link = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
                link.setLinkName(content.substring(2));
                tar.putArchiveEntry(link);
            } else {
                byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry file = new TarArchiveEntry(path);
                file.setSize(bytes.length);
                tar.putArchiveEntry(file);
                tar.write(bytes);
            }
            tar.closeArchiveEntry();
        }

        @Override
        public List<Entry> entries(String directory) {
            throw new IllegalStateException("not listed here");
        }

        @Override
        public byte[] read(String path, long limit) {
            throw new IllegalStateException("not read here");
        }

        @Override
        public @Nullable String directoryId(String directory) {
            throw new IllegalStateException("not asked here");
        }
    }
}

package dev.berth.reconciler.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.engine.Contexts;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ImageBuilderTest {
    private static final String LABEL = "org.opencontainers.image.source";

    private final FakeEngine engine =
            new FakeEngine(InstantSource.system()).withImages("busybox:1");
    private final ImageBuilder builder = new ImageBuilder(engine, new OneDockerfile());

    private static ImageSource built(@Nullable String repo) {
        Revision revision = new Revision("main", "c".repeat(40), "Ada", Instant.EPOCH);
        return new ImageSource.Built(
                "berth/shop:1",
                new SourcePin(repo, revision, ".", "d1"),
                "Dockerfile",
                new TreeMap<>());
    }

    @ParameterizedTest
    @CsvSource({
        "https://bot:s3cret@example.com/a, https://example.com/a",
        "https://s3cret@example.com/a, https://example.com/a",
        "ssh://git@example.com/a, ssh://git@example.com/a",
        ", config"
    })
    void provide_built_saysFromWhereWithoutLogin(@Nullable String repo, String label)
            throws Exception {
        builder.provide(built(repo));

        assertThat(engine.buildsAsked())
                .singleElement()
                .satisfies(build -> assertThat(build.labels()).containsEntry(LABEL, label));
    }

    @Test
    void provide_there_isNotBuiltAgain() throws Exception {
        builder.provide(built(null));
        builder.provide(built(null));

        assertThat(engine.buildsAsked()).hasSize(1);
    }

    /** Every commit holds one Dockerfile. */
    private static final class OneDockerfile implements PinnedTrees, ConfigTree {
        @Override
        public ConfigTree open(SourcePin pin) {
            return this;
        }

        @Override
        public void retain(Collection<SourcePin> inUse) {}

        @Override
        public List<Entry> entries(String directory) {
            return List.of();
        }

        @Override
        public byte[] read(String path, long limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public @Nullable String directoryId(String directory) {
            return "d1";
        }

        @Override
        public void writeTar(String directory, OutputStream out) throws ReconcileException {
            Contexts.dockerfile("FROM busybox:1").writeTo(out);
        }
    }
}

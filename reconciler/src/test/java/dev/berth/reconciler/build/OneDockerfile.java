package dev.berth.reconciler.build;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.Recipe;
import dev.berth.reconciler.engine.Contexts;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Every commit holds one Dockerfile. */
public final class OneDockerfile implements PinnedTrees, ConfigTree {
    private final String text;

    public OneDockerfile(String text) {
        this.text = text;
    }

    /** What is built of such a commit. */
    public static ImageSource.Built image(String reference) {
        return new ImageSource.Built(
                reference,
                new SourcePin(
                        null,
                        new Revision("main", "c".repeat(40), "Ada", Instant.EPOCH),
                        ".",
                        "d1"),
                new Recipe.Own("Dockerfile"),
                new TreeMap<>());
    }

    @Override
    public ConfigTree open(SourcePin pin) {
        return this;
    }

    @Override
    public void retain(Collection<SourcePin> inUse) {}

    @Override
    public List<Entry> entries(String directory) {
        return List.of(new Entry("Dockerfile", Type.FILE, text.length()));
    }

    @Override
    public byte[] read(String path, long limit) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable String directoryId(String directory) {
        return "d1";
    }

    @Override
    public SortedMap<String, String> fileIds(String directory) {
        throw new UnsupportedOperationException(); // a builder asks for no file by its id
    }

    @Override
    public void writeTar(String directory, Predicate<String> keeps, OutputStream out)
            throws ReconcileException {
        Contexts.dockerfile(text).writeTo(out);
    }
}

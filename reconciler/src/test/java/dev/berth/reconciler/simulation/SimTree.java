package dev.berth.reconciler.simulation;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.schemas.status.ReasonCode;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The files of a commit in memory. One that is cut short can't be read from some file on. */
final class SimTree implements ConfigTree {
    private final SortedMap<String, String> files;
    private final boolean cut;

    SimTree(SortedMap<String, String> files, boolean cut) {
        this.files = files;
        this.cut = cut;
    }

    SortedMap<String, String> files() {
        return files;
    }

    boolean isCut() {
        return cut;
    }

    @Override
    public List<Entry> entries(String directory) {
        return files.entrySet().stream()
                .filter(e -> directory.equals(".") || e.getKey().startsWith(directory + "/"))
                .map(e -> new Entry(e.getKey(), Type.FILE, e.getValue().length()))
                .toList();
    }

    @Override
    public byte[] read(String path, long limit) throws ReconcileException {
        String text = files.get(path);
        if (text == null || (cut && path.equals(files.lastKey()))) {
            throw new ReconcileException.Transient(
                    ReasonCode.SourceUnavailable, "object of " + path + " is missing");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable String directoryId(String directory) {
        return null;
    }

    @Override
    public void writeTar(String directory, OutputStream out) {
        throw new UnsupportedOperationException();
    }
}

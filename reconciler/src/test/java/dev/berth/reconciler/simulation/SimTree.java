package dev.berth.reconciler.simulation;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/** The files of a commit in memory. One that is cut short can't be read from some file on. */
final class SimTree implements ConfigTree {
    private final SortedMap<String, String> files;
    private final boolean cut;
    private @Nullable String id;

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

    /** One that is cut short is another: what was read of the whole one says nothing of it. */
    @Override
    public @Nullable String directoryId(String directory) {
        if (!directory.equals(".")) {
            return id(below(directory));
        } else if (id == null) {
            id = cut ? "cut" : id(files);
        }
        return id;
    }

    private static @Nullable String id(SortedMap<String, String> files) {
        return files.isEmpty() ? null : "%040x".formatted(Integer.toUnsignedLong(files.hashCode()));
    }

    @Override
    public SortedMap<String, String> fileIds(String directory) {
        return below(directory);
    }

    @Override
    public void writeTar(String directory, Predicate<String> keeps, OutputStream out) {
        try {
            TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
            for (Map.Entry<String, String> file : below(directory).entrySet()) {
                if (!keeps.test(file.getKey())) {
                    continue;
                }
                byte[] bytes = file.getValue().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(bytes.length);
                tar.putArchiveEntry(entry);
                tar.write(bytes);
                tar.closeArchiveEntry();
            }
            tar.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files of a directory, by path in it. */
    private SortedMap<String, String> below(String directory) {
        String prefix = directory.equals(".") ? "" : directory + "/";
        SortedMap<String, String> below = new TreeMap<>();
        files.forEach(
                (path, text) -> {
                    if (path.startsWith(prefix)) {
                        below.put(path.substring(prefix.length()), text);
                    }
                });
        return below;
    }
}

package dev.berth.reconciler.build.files;

import dev.berth.reconciler.source.ConfigTree;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A commit in memory that remembers what was read of it. */
public final class MemoryCommit implements ConfigTree {
    private final TreeMap<String, String> files = new TreeMap<>();
    private final List<Entry> others = new ArrayList<>();
    private final List<String> read = new ArrayList<>();

    public MemoryCommit with(String path, String text) {
        files.put(path, text);
        return this;
    }

    MemoryCommit with(Entry entry) {
        others.add(entry);
        return this;
    }

    /** Paths in the order of reading. */
    List<String> read() {
        return read;
    }

    @Override
    public List<Entry> entries(String directory) {
        List<Entry> all = new ArrayList<>(others);
        files.forEach((path, text) -> all.add(new Entry(path, Type.FILE, text.length())));
        return all;
    }

    @Override
    public byte[] read(String path, long limit) throws TooLargeException {
        read.add(path);
        byte[] bytes = files.getOrDefault(path, "").getBytes(StandardCharsets.UTF_8);
        if (bytes.length > limit) {
            throw new TooLargeException(path, bytes.length, limit);
        }
        return bytes;
    }

    @Override
    public @Nullable String directoryId(String directory) {
        return null;
    }

    @Override
    public SortedMap<String, String> fileIds(String directory) {
        throw new UnsupportedOperationException("nothing is built here");
    }

    @Override
    public void writeTar(String directory, Predicate<String> keeps, OutputStream out) {
        throw new UnsupportedOperationException("nothing is built here");
    }
}

package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.schemas.status.ReasonCode;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A tree in memory. */
final class FakeTree implements ConfigTree {
    private final SortedMap<String, byte[]> files = new TreeMap<>();
    private final SortedMap<String, Type> types = new TreeMap<>();
    private final List<String> listed = new ArrayList<>();
    private @Nullable String fault;

    FakeTree with(String path, String text) {
        return with(path, text.getBytes(StandardCharsets.UTF_8));
    }

    FakeTree with(String path, byte[] bytes) {
        files.put(path, bytes);
        types.put(path, Type.FILE);
        return this;
    }

    FakeTree with(String path, Type type) {
        with(path, "");
        types.put(path, type);
        return this;
    }

    FakeTree without(String path) {
        files.remove(path);
        types.remove(path);
        return this;
    }

    /** From now on nothing can be read. */
    FakeTree broken(String cause) {
        fault = cause;
        return this;
    }

    /** Directories whose files were asked for, in that order. */
    List<String> listed() {
        return List.copyOf(listed);
    }

    @Override
    public List<Entry> entries(String directory) throws ReconcileException {
        check();
        listed.add(directory);
        return within(directory);
    }

    private List<Entry> within(String directory) {
        return types.entrySet().stream()
                .filter(e -> Paths.isWithin(e.getKey(), directory))
                .map(e -> new Entry(e.getKey(), e.getValue(), 0))
                .toList();
    }

    @Override
    public byte[] read(String path, long limit) throws ReconcileException, TooLargeException {
        check();
        byte[] bytes = files.get(path);
        if (bytes == null) {
            throw new ReconcileException.Transient(ReasonCode.SourceUnavailable, "no " + path);
        }
        if (bytes.length > limit) {
            throw new TooLargeException(path, bytes.length, limit);
        }
        return bytes;
    }

    @Override
    public @Nullable String directoryId(String directory) throws ReconcileException {
        check();
        StringBuilder content = new StringBuilder();
        for (Entry entry : within(directory)) {
            String text = new String(files.get(entry.path()), StandardCharsets.ISO_8859_1);
            content.append(entry).append(text).append('\0');
        }
        return content.isEmpty() ? null : SpecHash.ofText(content.toString()).text();
    }

    @Override
    public SortedMap<String, String> fileIds(String directory) throws ReconcileException {
        int prefix = directory.equals(".") ? 0 : directory.length() + 1;
        check();
        SortedMap<String, String> ids = new TreeMap<>();
        for (Entry entry : within(directory)) {
            String text = new String(files.get(entry.path()), StandardCharsets.ISO_8859_1);
            ids.put(entry.path().substring(prefix), entry.type() + text);
        }
        return ids;
    }

    @Override
    public void writeTar(String directory, Predicate<String> keeps, OutputStream out) {
        throw new UnsupportedOperationException();
    }

    private void check() throws ReconcileException {
        if (fault != null) {
            throw new ReconcileException.Transient(ReasonCode.SourceUnavailable, fault);
        }
    }
}

package dev.berth.reconciler;

import dev.berth.reconciler.source.ConfigTree;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/** A directory that can be built from, as the tree of a commit can. */
record TarredTree(ConfigTree tree) implements ConfigTree {
    @Override
    public List<Entry> entries(String directory) throws ReconcileException {
        return tree.entries(directory);
    }

    @Override
    public byte[] read(String path, long limit) throws ReconcileException, TooLargeException {
        return tree.read(path, limit);
    }

    @Override
    public @Nullable String directoryId(String directory) throws ReconcileException {
        return tree.directoryId(directory);
    }

    @Override
    public SortedMap<String, String> fileIds(String directory) throws ReconcileException {
        return tree.fileIds(directory);
    }

    @Override
    public void writeTar(String directory, Predicate<String> keeps, OutputStream out)
            throws ReconcileException {
        int prefix = directory.equals(".") ? 0 : directory.length() + 1;
        try {
            TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
            for (Entry file : entries(directory)) {
                String path = file.path().substring(prefix);
                if (keeps.test(path)) {
                    byte[] content = read(file.path(), Integer.MAX_VALUE);
                    TarArchiveEntry entry = new TarArchiveEntry(path);
                    entry.setSize(content.length);
                    tar.putArchiveEntry(entry);
                    tar.write(content);
                    tar.closeArchiveEntry();
                }
            }
            tar.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (TooLargeException e) {
            throw new IllegalStateException(e);
        }
    }
}

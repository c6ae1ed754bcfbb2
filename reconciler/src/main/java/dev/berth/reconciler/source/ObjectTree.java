package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/**
 * A commit's tree in the object store. An object that can't be read makes the store suspect, so
 * that the next look at the remote repairs it.
 */
final class ObjectTree implements ConfigTree {
    private final StoreAccess access;
    private final ObjectId root;
    private volatile @Nullable Directory lastRead;

    ObjectTree(StoreAccess access, ObjectId root) {
        this.access = access;
        this.root = root;
    }

    /** Gives the store in use, which a repair replaces. */
    @FunctionalInterface
    interface StoreAccess {
        BareStore store() throws StoreFault;
    }

    /** Something done with the objects of a store. */
    @FunctionalInterface
    private interface Reading<T extends @Nullable Object, E extends Exception> {
        T with(ObjectReader reader) throws IOException, ReconcileException, E;
    }

    private <T extends @Nullable Object, E extends Exception> T reading(Reading<T, E> work)
            throws ReconcileException, E {
        BareStore store;
        try {
            store = access.store();
        } catch (StoreFault e) {
            throw new ReconcileException.Transient(ReasonCode.SourceUnavailable, e.getMessage(), e);
        }
        try (ObjectReader reader = store.repository().newObjectReader()) {
            return work.with(reader);
        } catch (IOException | LargeObjectException | IndexOutOfBoundsException e) {
            store.suspect();
            throw new ReconcileException.Transient(
                    ReasonCode.SourceUnavailable,
                    "the local copy of the repo is damaged (%s); it is fetched anew"
                            .formatted(FaultText.rootMessage(e)),
                    e);
        }
    }

    @Override
    public List<Entry> entries(String directory) throws ReconcileException {
        return this.<List<Entry>, RuntimeException>reading(
                reader -> {
                    ObjectId tree = treeAt(reader, directory);
                    return tree == null ? List.of() : list(reader, tree, prefix(directory));
                });
    }

    private static List<Entry> list(ObjectReader reader, ObjectId tree, String prefix)
            throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (TreeWalk walk = new TreeWalk(reader)) {
            walk.addTree(tree);
            walk.setRecursive(true);
            while (walk.next()) {
                Type type = type(walk.getFileMode());
                long size =
                        type == Type.SUBMODULE
                                ? 0
                                : reader.getObjectSize(walk.getObjectId(0), Constants.OBJ_BLOB);
                entries.add(new Entry(prefix + walk.getPathString(), type, size));
            }
        }
        return List.copyOf(entries);
    }

    @Override
    public byte[] read(String path, long limit) throws ReconcileException, TooLargeException {
        return this.<byte[], TooLargeException>reading(
                reader -> {
                    ObjectLoader loader = fileAt(reader, path);
                    long size = loader.getSize();
                    if (size > Math.min(limit, Integer.MAX_VALUE - 8)) {
                        throw new TooLargeException(path, size, limit);
                    }
                    return loader.getBytes((int) size);
                });
    }

    private ObjectLoader fileAt(ObjectReader reader, String path)
            throws IOException, ReconcileException {
        int slash = path.lastIndexOf('/');
        Directory directory = directory(reader, slash < 0 ? "." : path.substring(0, slash));
        ObjectId file = directory.files().get(path.substring(slash + 1));
        if (file == null) {
            throw new ReconcileException.Transient(
                    ReasonCode.SourceUnavailable, "the commit has no file " + path);
        }
        return reader.open(file, Constants.OBJ_BLOB);
    }

    /** The files of a directory, not of those in it. */
    private record Directory(String path, Map<String, ObjectId> files) {}

    /**
     * Files are read in the order of their paths: a walk for each would read a directory n times.
     */
    private Directory directory(ObjectReader reader, String path) throws IOException {
        Directory known = lastRead;
        if (known != null && known.path().equals(path)) {
            return known;
        }
        ObjectId tree = treeAt(reader, path);
        Directory read = new Directory(path, tree == null ? Map.of() : files(reader, tree));
        lastRead = read;
        return read;
    }

    private static Map<String, ObjectId> files(ObjectReader reader, ObjectId tree)
            throws IOException {
        Map<String, ObjectId> files = new HashMap<>();
        try (TreeWalk walk = new TreeWalk(reader)) {
            walk.addTree(tree);
            while (walk.next()) {
                if (isFile(walk.getFileMode())) {
                    files.put(walk.getNameString(), walk.getObjectId(0));
                }
            }
        }
        return files;
    }

    @Override
    public @Nullable String directoryId(String directory) throws ReconcileException {
        return this.<@Nullable String, RuntimeException>reading(
                reader -> {
                    ObjectId tree = treeAt(reader, directory);
                    return tree == null ? null : tree.name();
                });
    }

    @Override
    public SortedMap<String, String> fileIds(String directory) throws ReconcileException {
        return this.<SortedMap<String, String>, RuntimeException>reading(
                reader -> {
                    SortedMap<String, String> ids = new TreeMap<>();
                    ObjectId tree = treeAt(reader, directory);
                    if (tree != null) {
                        try (TreeWalk walk = new TreeWalk(reader)) {
                            walk.addTree(tree);
                            walk.setRecursive(true);
                            while (walk.next()) {
                                ids.put(
                                        walk.getPathString(),
                                        type(walk.getFileMode()) + walk.getObjectId(0).name());
                            }
                        }
                    }
                    return ids;
                });
    }

    @Override
    public void writeTar(String directory, Predicate<String> keeps, OutputStream out)
            throws ReconcileException {
        this.<Boolean, RuntimeException>reading(
                reader -> {
                    ObjectId tree = treeAt(reader, directory);
                    if (tree == null) {
                        throw new ReconcileException.Stalled(
                                ReasonCode.SourceUnavailable,
                                "the commit has no directory %s; check spec.source.path"
                                        .formatted(directory));
                    }
                    new TreeTar(reader, tree, prefix(directory), keeps).writeTo(out);
                    return true;
                });
    }

    private @Nullable ObjectId treeAt(ObjectReader reader, String directory) throws IOException {
        if (directory.equals(".")) {
            return root;
        }
        try (TreeWalk walk = TreeWalk.forPath(reader, directory, root)) {
            return walk == null || !FileMode.TREE.equals(walk.getFileMode())
                    ? null
                    : walk.getObjectId(0);
        }
    }

    private static String prefix(String directory) {
        return directory.equals(".") ? "" : directory + "/";
    }

    private static boolean isFile(FileMode mode) {
        return !FileMode.TREE.equals(mode) && !FileMode.GITLINK.equals(mode);
    }

    static Type type(FileMode mode) {
        if (FileMode.SYMLINK.equals(mode)) {
            return Type.SYMLINK;
        }
        if (FileMode.GITLINK.equals(mode)) {
            return Type.SUBMODULE;
        }
        return FileMode.EXECUTABLE_FILE.equals(mode) ? Type.EXECUTABLE : Type.FILE;
    }
}

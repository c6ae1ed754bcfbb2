package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.FileTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.WorkingTreeIterator;
import org.jspecify.annotations.Nullable;

/**
 * A directory on disk as if it had been committed just now. In the root of a Git work tree, files
 * that Git ignores are left out. Which files there are is read once; for looking at a repo before
 * it is committed, not for building from it. Thread-safe.
 */
public final class DirectoryTree implements ConfigTree {
    private final Path root;
    private final List<Entry> entries;

    private DirectoryTree(Path root, List<Entry> entries) {
        this.root = root;
        this.entries = entries.stream().sorted(Comparator.comparing(Entry::path)).toList();
    }

    /**
     * Reads which files there are.
     *
     * @throws IOException if the directory can't be read
     */
    public static DirectoryTree of(Path root) throws IOException {
        boolean workTree = Files.exists(root.resolve(Constants.DOT_GIT));
        return new DirectoryTree(root, workTree ? listWorkTree(root) : listPlain(root));
    }

    @Override
    public List<Entry> entries(String directory) {
        return entries.stream().filter(e -> isWithin(e.path(), directory)).toList();
    }

    @Override
    public byte[] read(String path, long limit) throws ReconcileException, TooLargeException {
        try {
            Path file = root.resolve(path);
            if (Files.isSymbolicLink(file)) {
                return Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8);
            }
            long size = Files.size(file);
            if (size > limit) {
                throw new TooLargeException(path, size, limit);
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ReconcileException.Transient(
                    ReasonCode.SourceUnavailable, "can't read %s: %s".formatted(path, e), e);
        }
    }

    @Override
    public @Nullable String directoryId(String directory) throws ReconcileException {
        List<Entry> below = entries(directory);
        if (below.isEmpty() && !directory.equals(".")) {
            return null;
        }
        int prefix = directory.equals(".") ? 0 : directory.length() + 1;
        try (ObjectInserter.Formatter formatter = new ObjectInserter.Formatter()) {
            return treeId(below, prefix, formatter).name();
        }
    }

    @Override
    public SortedMap<String, String> fileIds(String directory) throws ReconcileException {
        int prefix = directory.equals(".") ? 0 : directory.length() + 1;
        SortedMap<String, String> ids = new TreeMap<>();
        try (ObjectInserter.Formatter formatter = new ObjectInserter.Formatter()) {
            for (Entry entry : entries(directory)) {
                ids.put(
                        entry.path().substring(prefix),
                        entry.type() + fileId(entry, formatter).name());
            }
        }
        return ids;
    }

    @Override
    public void writeTar(String directory, Predicate<String> keeps, OutputStream out) {
        throw new UnsupportedOperationException("a directory is looked at, not built from");
    }

    private ObjectId treeId(List<Entry> below, int prefix, ObjectInserter.Formatter formatter)
            throws ReconcileException {
        Map<String, List<Entry>> directories = new HashMap<>();
        // Git sorts a directory as if its name ended in '/'.
        SortedMap<String, Entry> sorted = new TreeMap<>();
        for (Entry entry : below) {
            int slash = entry.path().indexOf('/', prefix);
            String name =
                    entry.path().substring(prefix, slash < 0 ? entry.path().length() : slash + 1);
            sorted.put(name, entry);
            if (slash >= 0) {
                directories.computeIfAbsent(name, _ -> new ArrayList<>()).add(entry);
            }
        }
        TreeFormatter tree = new TreeFormatter();
        for (Map.Entry<String, Entry> child : sorted.entrySet()) {
            String name = child.getKey();
            List<Entry> inner = directories.get(name);
            if (inner == null) {
                Entry file = child.getValue();
                tree.append(name, mode(file.type()), fileId(file, formatter));
            } else {
                tree.append(
                        name.substring(0, name.length() - 1),
                        FileMode.TREE,
                        treeId(inner, prefix + name.length(), formatter));
            }
        }
        return tree.computeId(formatter);
    }

    private ObjectId fileId(Entry file, ObjectInserter.Formatter formatter)
            throws ReconcileException {
        if (file.type() == Type.SUBMODULE) {
            return ObjectId.zeroId();
        }
        try {
            return formatter.idFor(Constants.OBJ_BLOB, read(file.path(), Integer.MAX_VALUE - 8L));
        } catch (TooLargeException e) {
            throw new ReconcileException.Stalled(
                    ReasonCode.SourceUnavailable, "%s is too large".formatted(file.path()), e);
        }
    }

    private static FileMode mode(Type type) {
        return switch (type) {
            case FILE -> FileMode.REGULAR_FILE;
            case EXECUTABLE -> FileMode.EXECUTABLE_FILE;
            case SYMLINK -> FileMode.SYMLINK;
            case SUBMODULE -> FileMode.GITLINK;
        };
    }

    private static boolean isWithin(String path, String directory) {
        return directory.equals(".") || path.startsWith(directory + "/");
    }

    private static List<Entry> listWorkTree(Path root) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Repository repository =
                        new FileRepositoryBuilder().setWorkTree(root.toFile()).setup().build();
                TreeWalk walk = new TreeWalk(repository)) {
            walk.addTree(new FileTreeIterator(repository));
            while (walk.next()) {
                WorkingTreeIterator file = walk.getTree(0, WorkingTreeIterator.class);
                if (file.isEntryIgnored()) {
                    continue;
                }
                if (walk.isSubtree()) {
                    walk.enterSubtree();
                } else {
                    Type type = type(walk.getFileMode());
                    long size = type == Type.SUBMODULE ? 0 : file.getEntryLength();
                    entries.add(new Entry(walk.getPathString(), type, size));
                }
            }
        }
        return entries;
    }

    private static Type type(FileMode mode) {
        if (mode.equals(FileMode.SYMLINK)) {
            return Type.SYMLINK;
        } else if (mode.equals(FileMode.GITLINK)) {
            return Type.SUBMODULE;
        }
        return mode.equals(FileMode.EXECUTABLE_FILE) ? Type.EXECUTABLE : Type.FILE;
    }

    private static List<Entry> listPlain(Path root) throws IOException {
        List<Entry> entries = new ArrayList<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        Type type =
                                attributes.isSymbolicLink()
                                        ? Type.SYMLINK
                                        : Files.isExecutable(file) ? Type.EXECUTABLE : Type.FILE;
                        if (type == Type.SYMLINK || attributes.isRegularFile()) {
                            String path = root.relativize(file).toString().replace('\\', '/');
                            entries.add(new Entry(path, type, attributes.size()));
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        return entries;
    }
}

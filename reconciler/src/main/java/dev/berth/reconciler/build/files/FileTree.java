package dev.berth.reconciler.build.files;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The files of a commit: the path of each, and the text of those that were read. Paths are relative
 * to the root of the repo, without {@code ./}; {@code .} is the root. What tools put into a repo
 * and nobody wrote, such as {@code node_modules}, is left out. An immutable value; two trees with
 * the same files are equal in all they answer, in whatever order the files were given.
 */
public final class FileTree {
    /** Names of files that say which files are left out of a build. */
    public static final List<String> IGNORE_FILES = List.of(".dockerignore", ".berthignore");

    /** Directories of which nothing counts, wherever they are. */
    private static final Set<String> MADE_BY_TOOLS =
            Set.of("node_modules", ".git", "__pycache__", ".venv", "venv", "bower_components");

    /** Directories of which nothing tells what a repo is for. */
    private static final Set<String> ASIDE =
            Set.of(
                    "vendor",
                    "dist",
                    "build",
                    "target",
                    ".next",
                    ".nuxt",
                    ".output",
                    "out",
                    "test",
                    "tests",
                    "fixtures",
                    "testdata",
                    "spec",
                    "e2e",
                    "third_party");

    private final SortedSet<String> paths;
    private final Map<String, FileText> texts;
    private final Map<String, SortedSet<String>> byDirectory;
    private final Set<String> directories;
    private final Set<String> leftOut;

    private FileTree(
            SortedSet<String> paths,
            Map<String, SortedSet<String>> byDirectory,
            Set<String> directories,
            Set<String> leftOut,
            Map<String, FileText> texts) {
        this.paths = paths;
        this.leftOut = Set.copyOf(leftOut);
        this.byDirectory = byDirectory;
        this.directories = directories;
        this.texts = Map.copyOf(texts);
    }

    /**
     * A tree of which some files were read.
     *
     * @param paths of files; those of symlinks and submodules do not belong here
     */
    public static FileTree of(Collection<String> paths, Map<String, FileText> texts) {
        SortedSet<String> counting = new TreeSet<>();
        Map<String, SortedSet<String>> files = new HashMap<>();
        Set<String> all = new HashSet<>(Set.of("."));
        for (String path : paths) {
            if (isOfSomebody(path)) {
                counting.add(path);
                files.computeIfAbsent(parent(path), _ -> new TreeSet<>()).add(name(path));
                for (String up = parent(path); all.add(up); ) {
                    up = parent(up);
                }
            }
        }
        return new FileTree(
                Collections.unmodifiableSortedSet(counting), files, all, Set.of(), texts);
    }

    /** The same files, with what was read of them. */
    public FileTree with(Map<String, FileText> read) {
        return new FileTree(paths, byDirectory, directories, leftOut, read);
    }

    /**
     * The same files.
     *
     * @param files of the commit that are not among them, since an ignore file leaves them out
     */
    public FileTree leavingOut(Collection<String> files) {
        return new FileTree(paths, byDirectory, directories, Set.copyOf(files), texts);
    }

    /** A tree of which every file was read. */
    public static FileTree of(Map<String, String> files) {
        Map<String, FileText> texts = new HashMap<>();
        files.forEach((path, text) -> texts.put(path, new FileText.Read(text)));
        return of(files.keySet(), texts);
    }

    public SortedSet<String> paths() {
        return paths;
    }

    public boolean has(String path) {
        return paths.contains(path);
    }

    /** Whether the commit has a file that is not here because an ignore file leaves it out. */
    public boolean leavesOut(String path) {
        return leftOut.contains(path);
    }

    public boolean hasDirectory(String path) {
        return directories.contains(path);
    }

    /** Names of the files directly in a directory, sorted; empty when there is none. */
    public SortedSet<String> filesIn(String directory) {
        return Collections.unmodifiableSortedSet(
                byDirectory.getOrDefault(directory, new TreeSet<>()));
    }

    /** What was read of a file; {@code null} when nothing was, or there is no such file. */
    public @Nullable FileText text(String path) {
        return has(path) ? texts.get(path) : null;
    }

    /**
     * Paths below a directory whose name fits, sorted; not those of tests, of vendored code and of
     * what builds leave.
     */
    public List<String> below(String directory, Predicate<String> name) {
        String prefix = directory.equals(".") ? "" : directory + "/";
        return paths.tailSet(prefix).stream()
                .takeWhile(path -> path.startsWith(prefix))
                .filter(path -> name.test(name(path)))
                .filter(path -> !isAside(path.substring(prefix.length())))
                .toList();
    }

    /** The path of something in a directory. */
    public static String join(String directory, String name) {
        if (directory.equals(".")) {
            return name;
        }
        return name.equals(".") ? directory : directory + "/" + name;
    }

    /** A path that is in a directory, relative to that; {@code .} for the directory itself. */
    public static String relative(String directory, String path) {
        if (directory.equals(".")) {
            return path;
        }
        return path.equals(directory) ? "." : path.substring(directory.length() + 1);
    }

    /** The directory of a path; that of the root is the root. */
    public static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "." : path.substring(0, slash);
    }

    /** The last part of a path. */
    public static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static boolean isOfSomebody(String path) {
        return noneOf(path, MADE_BY_TOOLS);
    }

    private static boolean isAside(String path) {
        return !noneOf(parent(path), ASIDE);
    }

    private static boolean noneOf(String path, Set<String> parts) {
        for (int from = 0; from <= path.length(); ) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            if (parts.contains(path.substring(from, to))) {
                return false;
            }
            from = to + 1;
        }
        return true;
    }
}

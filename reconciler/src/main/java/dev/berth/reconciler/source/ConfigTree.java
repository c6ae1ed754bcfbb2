package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import java.io.OutputStream;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The files of one commit, read from the object store; nothing is checked out. Stays readable while
 * newer commits are fetched, as long as the commit is the newest, pinned, or was so an hour ago.
 * Thread-safe.
 */
public interface ConfigTree {
    /**
     * Every file, symlink and submodule below a directory, in path order (by the bytes of UTF-8).
     *
     * @param directory {@code .} or a relative path without trailing slash; may be missing: empty
     *     list
     * @throws ReconcileException.Transient if the object store can't be read
     */
    List<Entry> entries(String directory) throws ReconcileException;

    /**
     * A file's bytes; a symlink's are its target.
     *
     * @param limit greatest size in bytes that is read
     * @throws TooLargeException if the file is larger
     * @throws ReconcileException.Transient if the object store can't be read or has no such file
     */
    byte[] read(String path, long limit) throws ReconcileException, TooLargeException;

    /**
     * The Git object id of a directory's content, which two directories share when they hold the
     * same files; {@code null} if the path is not a directory of this commit.
     *
     * @throws ReconcileException.Transient if the object store can't be read
     */
    @Nullable String directoryId(String directory) throws ReconcileException;

    /**
     * Each file below a directory: its path relative to that, and what tells its content and mode
     * from others'.
     *
     * @throws ReconcileException.Transient if the object store can't be read
     */
    SortedMap<String, String> fileIds(String directory) throws ReconcileException;

    /** All files of a directory, as a tar. */
    default void writeTar(String directory, OutputStream out) throws ReconcileException {
        writeTar(directory, _ -> true, out);
    }

    /**
     * Writes a directory's files as a POSIX tar (modes 0644, 0755, symlinks kept, paths relative to
     * the directory, times zero, equal trees give equal bytes), streaming. Leaves {@code out} open.
     *
     * @param keeps which of the paths, relative to the directory, are written at all
     * @throws ReconcileException.Stalled if the directory does not exist or holds a submodule, a
     *     Git LFS pointer, or a symlink that leads out of the directory, also by way of others;
     *     nothing is written then
     * @throws ReconcileException.Transient if reading or writing fails
     */
    void writeTar(String directory, Predicate<String> keeps, OutputStream out)
            throws ReconcileException;

    /**
     * One path of a tree.
     *
     * @param path relative to the root of the repo
     * @param size bytes; 0 for a submodule
     */
    record Entry(String path, Type type, long size) {}

    /** What a path is. */
    enum Type {
        FILE,
        EXECUTABLE,
        SYMLINK,
        SUBMODULE
    }

    /** A file is larger than the caller wants to read. */
    final class TooLargeException extends Exception {
        private static final long serialVersionUID = 1L;

        public TooLargeException(String path, long size, long limit) {
            super("%s has %d bytes, more than the %d allowed".formatted(path, size, limit));
        }
    }
}

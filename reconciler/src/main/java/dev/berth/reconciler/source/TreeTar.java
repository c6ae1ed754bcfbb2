package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * A Git tree as a tar stream: POSIX format, entries in the tree's order, directories included, no
 * owner, times zero, so that equal trees give equal bytes. The whole tree is looked through before
 * the first byte is written.
 */
final class TreeTar {
    private static final int LARGEST_LFS_POINTER = 1024;
    private static final int LONGEST_LINK_TARGET = 4096;
    private static final Pattern LFS_POINTER =
            Pattern.compile(
                    "version https://git-lfs\\.github\\.com/spec/v\\d+\n.*^oid sha256:\\p{XDigit}{64}$.*",
                    Pattern.DOTALL | Pattern.MULTILINE);

    private final ObjectReader reader;
    private final ObjectId tree;
    private final String prefix;
    private final Predicate<String> keeps;

    /**
     * @param prefix what the paths in messages begin with: empty or the directory and a slash
     * @param keeps which paths of the tree are written
     */
    TreeTar(ObjectReader reader, ObjectId tree, String prefix, Predicate<String> keeps) {
        this.reader = reader;
        this.tree = tree;
        this.prefix = prefix;
        this.keeps = keeps;
    }

    /**
     * Writes the stream, and leaves {@code out} open.
     *
     * @throws ReconcileException.Stalled if a submodule, an LFS pointer or a symlink that leads out
     *     of the directory is in it
     * @throws ReconcileException.Transient if {@code out} takes no more
     * @throws IOException if an object can't be read
     */
    void writeTo(OutputStream out) throws IOException, ReconcileException {
        refuseWhatCannotBeBuilt();
        Sink sink = new Sink(out);
        try {
            TarArchiveOutputStream tar = new TarArchiveOutputStream(sink, "UTF-8");
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            writeEntries(tar);
            tar.finish();
            tar.flush();
        } catch (SinkFailure e) {
            throw new ReconcileException.Transient(
                    ReasonCode.SourceUnavailable,
                    "writing the files of a commit failed: " + FaultText.rootMessage(e),
                    e);
        }
    }

    private void refuseWhatCannotBeBuilt() throws IOException, ReconcileException {
        Map<String, String> links = new HashMap<>();
        try (TreeWalk walk = walk(true)) {
            while (walk.next()) {
                String path = walk.getPathString();
                if (!keeps.test(path)) {
                    continue;
                }
                switch (ObjectTree.type(walk.getFileMode())) {
                    case SUBMODULE ->
                            throw stalled(
                                    path,
                                    "is a submodule, which Berth does not fetch; commit its files instead, or leave it out in .dockerignore");
                    case SYMLINK -> links.put(path, linkTarget(walk.getObjectId(0), path));
                    case FILE, EXECUTABLE -> refuseLfsPointer(walk.getObjectId(0), path);
                }
            }
        }
        SymlinkCheck check = new SymlinkCheck(links);
        for (String path : links.keySet().stream().sorted().toList()) {
            if (check.leavesDirectory(path)) {
                throw stalled(
                        path,
                        "is a symlink to %s, which is outside of the directory; link to a path inside of it"
                                .formatted(links.get(path)));
            }
        }
    }

    private void refuseLfsPointer(ObjectId blob, String path)
            throws IOException, ReconcileException {
        if (reader.getObjectSize(blob, Constants.OBJ_BLOB) > LARGEST_LFS_POINTER) {
            return;
        }
        byte[] bytes = reader.open(blob, Constants.OBJ_BLOB).getCachedBytes(LARGEST_LFS_POINTER);
        if (bytes.length > 0
                && bytes[0] == 'v'
                && LFS_POINTER.matcher(new String(bytes, StandardCharsets.UTF_8)).matches()) {
            throw stalled(
                    path,
                    "is kept in Git LFS, which Berth does not fetch; commit the file itself, or leave it out in .dockerignore and fetch it in the build");
        }
    }

    private String linkTarget(ObjectId blob, String path) throws IOException, ReconcileException {
        ObjectLoader loader = reader.open(blob, Constants.OBJ_BLOB);
        if (loader.getSize() > LONGEST_LINK_TARGET) {
            throw stalled(path, "is a symlink with a target too long for any system");
        }
        return new String(loader.getCachedBytes(LONGEST_LINK_TARGET), StandardCharsets.UTF_8);
    }

    private ReconcileException stalled(String path, String what) {
        return new ReconcileException.Stalled(
                ReasonCode.SourceUnavailable, "%s%s %s".formatted(prefix, path, what));
    }

    private void writeEntries(TarArchiveOutputStream tar) throws IOException, ReconcileException {
        try (TreeWalk walk = walk(false)) {
            while (walk.next()) {
                String path = walk.getPathString();
                if (walk.isSubtree()) {
                    if (keeps.test(path)) {
                        tar.putArchiveEntry(entry(path + "/", TarConstants.LF_DIR, 0755, 0));
                        tar.closeArchiveEntry();
                    }
                    walk.enterSubtree(); // of what is left out, something may be taken back
                } else if (keeps.test(path)) {
                    writeFile(tar, walk);
                }
            }
        }
    }

    private void writeFile(TarArchiveOutputStream tar, TreeWalk walk)
            throws IOException, ReconcileException {
        String path = walk.getPathString();
        if (FileMode.SYMLINK.equals(walk.getFileMode())) {
            TarArchiveEntry link = entry(path, TarConstants.LF_SYMLINK, 0777, 0);
            link.setLinkName(linkTarget(walk.getObjectId(0), path));
            tar.putArchiveEntry(link);
        } else {
            ObjectLoader loader = reader.open(walk.getObjectId(0), Constants.OBJ_BLOB);
            int mode = FileMode.EXECUTABLE_FILE.equals(walk.getFileMode()) ? 0755 : 0644;
            tar.putArchiveEntry(entry(path, TarConstants.LF_NORMAL, mode, loader.getSize()));
            try (InputStream content = loader.openStream()) {
                content.transferTo(tar);
            }
        }
        tar.closeArchiveEntry();
    }

    private static TarArchiveEntry entry(String path, byte type, int mode, long size) {
        TarArchiveEntry entry = new TarArchiveEntry(path, type);
        entry.setSize(size);
        entry.setMode(mode);
        entry.setModTime(0L);
        entry.setIds(0, 0);
        entry.setNames("", "");
        return entry;
    }

    private TreeWalk walk(boolean recursive) throws IOException {
        TreeWalk walk = new TreeWalk(reader);
        try {
            walk.addTree(tree);
            walk.setRecursive(recursive);
            return walk;
        } catch (IOException | RuntimeException e) {
            walk.close();
            throw e;
        }
    }

    /** Tells a failure of the receiver from one of the object store. */
    private static final class Sink extends OutputStream {
        private final OutputStream out;

        Sink(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw new SinkFailure(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                throw new SinkFailure(e);
            }
        }
    }

    private static final class SinkFailure extends IOException {
        private static final long serialVersionUID = 1L;

        SinkFailure(IOException cause) {
            super(cause);
        }
    }
}

package dev.berth.reconciler.source;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * Makes sure that a commit's tree is all there and safe to walk: every object exists (the content
 * of files is not looked at, that would be slow), names are ones that Git allows (no {@code ..}, no
 * {@code .git}), and its size is within reason, since equal directories are stored once and a few
 * hundred bytes can stand for billions of files.
 */
final class TreeCheck {
    static final long MOST_FILES = 1_000_000;
    static final int DEEPEST = 200;
    private static final int LARGEST_TREE_OBJECT = 64 * 1024 * 1024;

    private final ObjectReader reader;
    private final ObjectChecker checker = new ObjectChecker().setAllowLeadingZeroFileMode(true);
    private final Map<ObjectId, Long> filesBelow = new HashMap<>();

    TreeCheck(ObjectReader reader) {
        this.reader = reader;
    }

    /** A tree is whole but not one that may be used. The message says what is wrong with it. */
    static final class UnfitTree extends Exception {
        private static final long serialVersionUID = 1L;

        UnfitTree(String message) {
            super(message);
        }

        /** The message, never {@code null}. */
        @Override
        public String getMessage() {
            String message = super.getMessage();
            return message == null ? "it can't be used" : message;
        }
    }

    /**
     * Counts the files, symlinks and submodules of a tree.
     *
     * @throws UnfitTree if the tree has a forbidden name or too many or too deeply nested files
     * @throws IOException if an object is missing or broken
     */
    long countFiles(ObjectId tree) throws UnfitTree, IOException {
        return countFiles(tree, "", 0);
    }

    private long countFiles(ObjectId tree, String path, int depth) throws UnfitTree, IOException {
        Long known = filesBelow.get(tree);
        if (known != null) {
            return known;
        }
        if (depth > DEEPEST) {
            throw new UnfitTree("its directories are nested more than %d deep".formatted(DEEPEST));
        }
        byte[] raw = reader.open(tree, Constants.OBJ_TREE).getCachedBytes(LARGEST_TREE_OBJECT);
        checkNames(raw, path);
        long files = 0;
        CanonicalTreeParser entries = new CanonicalTreeParser();
        for (entries.reset(raw); !entries.eof(); entries.next()) {
            files += countEntry(entries, path, depth);
            if (files > MOST_FILES) {
                throw new UnfitTree("it has more than %,d files".formatted(MOST_FILES));
            }
        }
        filesBelow.put(tree, files);
        return files;
    }

    private long countEntry(CanonicalTreeParser entry, String path, int depth)
            throws UnfitTree, IOException {
        if (FileMode.TREE.equals(entry.getEntryRawMode())) {
            return countFiles(
                    entry.getEntryObjectId(), path + entry.getEntryPathString() + "/", depth + 1);
        }
        if (!FileMode.GITLINK.equals(entry.getEntryRawMode())
                && !reader.has(entry.getEntryObjectId())) {
            throw new MissingObjectException(entry.getEntryObjectId(), Constants.OBJ_BLOB);
        }
        return 1;
    }

    private void checkNames(byte[] raw, String path) throws UnfitTree {
        try {
            checker.checkTree(raw);
        } catch (CorruptObjectException e) {
            throw new UnfitTree(
                    "its directory /%s has an entry that Git does not allow (%s)"
                            .formatted(path, FaultText.clean(e.getMessage())));
        }
    }
}

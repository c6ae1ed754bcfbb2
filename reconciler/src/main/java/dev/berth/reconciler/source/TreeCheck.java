package dev.berth.reconciler.source;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * Makes sure that a commit's tree is all there and safe to walk: every object exists (the content
 * of files is not looked at, that would be slow), names are ones that Git allows (no {@code ..}, no
 * {@code .git}), and its size is within reason, since equal directories and files are stored once
 * and a few hundred bytes can stand for billions of files. It reads each directory once, and no
 * further than to where the tree is too large.
 */
final class TreeCheck {
    static final int DEEPEST = 200;
    private static final long LARGEST_CONFIG_FILE = 1 << 20;

    private final ObjectReader reader;
    private final Limits limits;
    private final ProgressMonitor monitor;
    private final ObjectChecker checker = new ObjectChecker().setAllowLeadingZeroFileMode(true);
    private final Map<Below, Sum> known = new HashMap<>();
    private long read;

    /** With the limits of what is followed. */
    TreeCheck(ObjectReader reader) {
        this(reader, Limits.FOLLOWED, NullProgressMonitor.INSTANCE);
    }

    /**
     * @param monitor ends it when cancelled
     */
    TreeCheck(ObjectReader reader, Limits limits, ProgressMonitor monitor) {
        this.reader = reader;
        this.limits = limits;
        this.monitor = monitor;
    }

    /**
     * How large a tree may be.
     *
     * @param entries files, symlinks, submodules and directories, each as often as it is there
     * @param yamls files that may be config files
     * @param yamlBytes what those hold together, as far as they are not too large to be read
     * @param directoryBytes what Git keeps of the names in one directory
     */
    record Limits(long entries, long yamls, long yamlBytes, int directoryBytes) {
        /** Of a repo whose owners are to be trusted with its size. */
        static final Limits FOLLOWED =
                new Limits(1_000_000, Long.MAX_VALUE, Long.MAX_VALUE, 64 << 20);

        /** Of what anybody may propose: both it and the followed commit lie in memory at once. */
        static final Limits PROPOSED = new Limits(50_000, 5_000, 16 << 20, 8 << 20);

        private boolean countsYaml() {
            return yamls != Long.MAX_VALUE;
        }
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
     * A directory.
     *
     * @param hidden true when its files are no config files because of where it lies
     */
    private record Below(ObjectId tree, boolean hidden) {}

    /** What a directory holds, with those in it. */
    private record Sum(long files, long entries, long yamls, long yamlBytes) {
        private static final Sum NOTHING = new Sum(0, 0, 0, 0);

        Sum and(Sum more) {
            return new Sum(
                    files + more.files,
                    entries + more.entries,
                    yamls + more.yamls,
                    yamlBytes + more.yamlBytes);
        }
    }

    /**
     * Counts the files, symlinks and submodules of a tree.
     *
     * @throws UnfitTree if the tree has a forbidden name or too many or too deeply nested files
     * @throws IOException if an object is missing or broken, or the monitor was cancelled
     */
    long countFiles(ObjectId tree) throws UnfitTree, IOException {
        return count(new Below(tree, false), "", 0).files();
    }

    private Sum count(Below below, String path, int depth) throws UnfitTree, IOException {
        Sum counted = known.get(below);
        if (counted != null) {
            return counted;
        }
        if (monitor.isCancelled()) {
            throw new InterruptedIOException("it takes too long");
        }
        if (depth > DEEPEST) {
            throw new UnfitTree("its directories are nested more than %d deep".formatted(DEEPEST));
        }
        byte[] raw = raw(below.tree(), path);
        checkNames(raw, path);
        Sum sum = Sum.NOTHING;
        CanonicalTreeParser entries = new CanonicalTreeParser();
        for (entries.reset(raw); !entries.eof(); entries.next()) {
            sum = sum.and(count(entries, below.hidden(), path, depth));
            read++;
            requireFew(sum);
        }
        known.put(below, sum);
        return sum;
    }

    private byte[] raw(ObjectId tree, String path) throws UnfitTree, IOException {
        try {
            return reader.open(tree, Constants.OBJ_TREE).getCachedBytes(limits.directoryBytes());
        } catch (LargeObjectException e) {
            throw new UnfitTree("its directory /%s has too many entries".formatted(path));
        }
    }

    /** What was read of parts of it counts before the parts are whole. */
    private void requireFew(Sum sum) throws UnfitTree {
        if (Math.max(sum.entries(), read) > limits.entries()) {
            throw new UnfitTree(
                    "it has more than %,d files and directories".formatted(limits.entries()));
        } else if (sum.yamls() > limits.yamls()) {
            throw new UnfitTree("it has more than %,d YAML files".formatted(limits.yamls()));
        } else if (sum.yamlBytes() > limits.yamlBytes()) {
            throw new UnfitTree(
                    "its YAML files hold more than %,d MiB together"
                            .formatted(limits.yamlBytes() >> 20));
        }
    }

    private Sum count(CanonicalTreeParser entry, boolean hidden, String path, int depth)
            throws UnfitTree, IOException {
        String name = entry.getEntryPathString();
        boolean unseen = hidden || name.startsWith(".");
        ObjectId id = entry.getEntryObjectId();
        if (FileMode.TREE.equals(entry.getEntryRawMode())) {
            return count(new Below(id, unseen), path + name + "/", depth + 1)
                    .and(new Sum(0, 1, 0, 0));
        } else if (FileMode.GITLINK.equals(entry.getEntryRawMode())) {
            return new Sum(1, 1, 0, 0);
        } else if (!reader.has(id)) {
            throw new MissingObjectException(id, Constants.OBJ_BLOB);
        }
        boolean yaml = !unseen && (name.endsWith(".yaml") || name.endsWith(".yml"));
        if (!yaml || !limits.countsYaml()) {
            return new Sum(1, 1, 0, 0);
        }
        long size = reader.getObjectSize(id, Constants.OBJ_BLOB);
        return new Sum(1, 1, 1, size > LARGEST_CONFIG_FILE ? 0 : size);
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

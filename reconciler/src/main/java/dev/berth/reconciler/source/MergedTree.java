package dev.berth.reconciler.source;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.dircache.DirCacheBuildIterator;
import org.eclipse.jgit.errors.NoMergeBaseException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.merge.MergeAlgorithm;
import org.eclipse.jgit.merge.MergeAttributes;
import org.eclipse.jgit.merge.RecursiveMerger;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.WorkingTreeIterator;
import org.jspecify.annotations.Nullable;

/**
 * Merges two commits without a work tree, as Git would. The files that come of it lie in the object
 * store as any other; no commit is made.
 */
final class MergedTree {
    /** Files that both sides changed are compared line by line, which takes its time. */
    private static final long LARGEST_FILE = 1 << 20;

    /** What such files hold together, of one side. */
    private static final long MOST_TO_COMPARE = 16 << 20;

    private static final int MOST_COMMITS = 200_000;
    private static final int NAMED_FILES = 5;

    private final Repository repository;
    private final ProgressMonitor monitor;

    /**
     * @param repository gets the objects that come of it
     * @param monitor ends it when cancelled
     */
    MergedTree(Repository repository, ProgressMonitor monitor) {
        this.repository = repository;
        this.monitor = monitor;
    }

    /**
     * What came of it.
     *
     * @param tree root of the files to look at
     */
    record Result(ObjectId tree, Aside.Way way) {}

    /**
     * Merges.
     *
     * @param head a commit whose tree was found to be safe to walk
     * @param into the followed commit, likewise
     * @return {@code null} when they have no commit in common, as far as history is here
     * @throws IOException if an object is missing or broken, or the monitor was cancelled
     * @throws Cancelled if the monitor was cancelled while history was walked, or that is endless
     */
    @Nullable Result merge(ObjectId head, ObjectId into) throws IOException {
        try (RevWalk walk = new Bounded(repository, monitor)) {
            RevCommit theirs = walk.parseCommit(head);
            RevCommit ours = walk.parseCommit(into);
            walk.setRevFilter(RevFilter.MERGE_BASE);
            walk.markStart(theirs);
            walk.markStart(ours);
            RevCommit base = walk.next();
            if (base == null) {
                return null;
            }
            if (base.equals(ours)) {
                return new Result(theirs.getTree().copy(), new Aside.Ahead());
            }
            return base.equals(theirs)
                    ? new Result(theirs.getTree().copy(), new Aside.Behind())
                    : merge(theirs, ours, walk.parseCommit(base));
        }
    }

    private Result merge(RevCommit theirs, RevCommit ours, RevCommit base) throws IOException {
        String large = largeInBoth(theirs, ours, base);
        if (large != null) {
            return alone(theirs, "%s was changed on both sides and is too large".formatted(large));
        }
        RecursiveMerger merger = new Merger(repository, monitor);
        try {
            if (merger.merge(ours, theirs)) {
                return new Result(merger.getResultTreeId().copy(), new Aside.Merged());
            }
        } catch (NoMergeBaseException e) {
            return alone(theirs, "their histories cross too often");
        }
        List<String> conflicts = merger.getUnmergedPaths();
        return alone(
                theirs,
                conflicts.isEmpty()
                        ? "they conflict"
                        : conflicts.stream()
                                .limit(NAMED_FILES)
                                .collect(
                                        Collectors.joining(
                                                ", ", "conflicts in ", more(conflicts))));
    }

    private static String more(List<String> conflicts) {
        int left = conflicts.size() - NAMED_FILES;
        return left > 0 ? " and %d more".formatted(left) : "";
    }

    private static Result alone(RevCommit head, String why) {
        return new Result(head.getTree().copy(), new Aside.Alone(why));
    }

    private @Nullable String largeInBoth(RevCommit theirs, RevCommit ours, RevCommit base)
            throws IOException {
        try (TreeWalk walk = new TreeWalk(repository)) {
            walk.addTree(theirs.getTree());
            walk.addTree(ours.getTree());
            walk.addTree(base.getTree());
            long all = 0;
            while (walk.next()) {
                requireTime(monitor);
                if (walk.idEqual(0, 1) || walk.idEqual(0, 2) || walk.idEqual(1, 2)) {
                    continue;
                }
                if (walk.isSubtree()) {
                    walk.enterSubtree();
                } else {
                    long largest = Math.max(size(walk, 0), Math.max(size(walk, 1), size(walk, 2)));
                    all += largest;
                    if (largest > LARGEST_FILE || all > MOST_TO_COMPARE) {
                        return walk.getPathString();
                    }
                }
            }
        }
        return null;
    }

    private static long size(TreeWalk walk, int side) throws IOException {
        FileMode mode = walk.getFileMode(side);
        ObjectReader reader = walk.getObjectReader();
        return FileMode.REGULAR_FILE.equals(mode) || FileMode.EXECUTABLE_FILE.equals(mode)
                ? reader.getObjectSize(walk.getObjectId(side), Constants.OBJ_BLOB)
                : 0;
    }

    private static void requireTime(ProgressMonitor monitor) throws IOException {
        if (monitor.isCancelled()) {
            throw new InterruptedIOException("it takes too long");
        }
    }

    /** The walk through history was ended. */
    static final class Cancelled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Cancelled(String message) {
            super(message);
        }
    }

    /** JGit asks nobody while it looks for what two commits have in common. */
    private static final class Bounded extends RevWalk {
        private final ProgressMonitor monitor;
        private int commits;

        Bounded(Repository repository, ProgressMonitor monitor) {
            super(repository);
            this.monitor = monitor;
        }

        @Override
        protected RevCommit createCommit(AnyObjectId id) {
            if (monitor.isCancelled()) {
                throw new Cancelled("it takes too long");
            } else if (++commits > MOST_COMMITS) {
                throw new Cancelled(
                        "its history has more than %,d commits".formatted(MOST_COMMITS));
            }
            return super.createCommit(id);
        }
    }

    /**
     * JGit's, which can be ended at each entry. Where lines repeat so often that only a search for
     * the shortest difference would tell them apart, it takes them for one change: that search
     * takes hours when somebody wants it to.
     */
    private static final class Merger extends RecursiveMerger {
        Merger(Repository repository, ProgressMonitor monitor) {
            super(repository, true);
            setProgressMonitor(monitor);
            HistogramDiff lines = new HistogramDiff();
            lines.setFallbackAlgorithm(null);
            mergeAlgorithm = new MergeAlgorithm(lines);
        }

        @Override
        protected boolean processEntry(
                @Nullable CanonicalTreeParser base,
                @Nullable CanonicalTreeParser ours,
                @Nullable CanonicalTreeParser theirs,
                @Nullable DirCacheBuildIterator index,
                @Nullable WorkingTreeIterator work,
                boolean ignoreConflicts,
                MergeAttributes attributes)
                throws IOException {
            requireTime(monitor);
            return super.processEntry(base, ours, theirs, index, work, ignoreConflicts, attributes);
        }
    }
}

package dev.berth.reconciler.source;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jgit.errors.NoMergeBaseException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.merge.MergeStrategy;
import org.eclipse.jgit.merge.ResolveMerger;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/**
 * Merges two commits without a work tree, as Git would. The files that come of it lie in the object
 * store as any other; no commit is made.
 */
final class MergedTree {
    /** Files that both sides changed are compared line by line, which takes its time. */
    private static final long LARGEST_FILE = 1 << 20;

    private static final int NAMED_FILES = 5;

    private final Repository repository;

    /** Writes objects into it. */
    MergedTree(Repository repository) {
        this.repository = repository;
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
     * @param into the followed commit
     * @return {@code null} when they have no commit in common, as far as history is here
     * @throws IOException if an object is missing or broken
     */
    @Nullable Result merge(ObjectId head, ObjectId into) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
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
        ResolveMerger merger = (ResolveMerger) MergeStrategy.RECURSIVE.newMerger(repository, true);
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
            while (walk.next()) {
                if (walk.idEqual(0, 1) || walk.idEqual(0, 2) || walk.idEqual(1, 2)) {
                    continue;
                }
                if (walk.isSubtree()) {
                    walk.enterSubtree();
                } else if (isLarge(walk, 0) || isLarge(walk, 1) || isLarge(walk, 2)) {
                    return walk.getPathString();
                }
            }
        }
        return null;
    }

    private static boolean isLarge(TreeWalk walk, int side) throws IOException {
        FileMode mode = walk.getFileMode(side);
        ObjectReader reader = walk.getObjectReader();
        return (FileMode.REGULAR_FILE.equals(mode) || FileMode.EXECUTABLE_FILE.equals(mode))
                && reader.getObjectSize(walk.getObjectId(side), Constants.OBJ_BLOB) > LARGEST_FILE;
    }
}

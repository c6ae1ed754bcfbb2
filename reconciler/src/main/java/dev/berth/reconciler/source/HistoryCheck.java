package dev.berth.reconciler.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * Checks every commit that a branch gained: those that its newest commit leads to and that no known
 * commit leads to.
 *
 * <ol>
 *   <li>If all parents of the newest commit are known, it is the only one; nothing is fetched.
 *   <li>Else a part of the history is fetched, as commits without files where the server can do so:
 *       16 deep, then 128, 1024, {@value #MOST}.
 *   <li>What the known commits lead to is old; all else is gained. The part is enough when no
 *       gained commit has its parents cut off and all are good; a bad one counts only when more
 *       history can't show that it is old.
 * </ol>
 *
 * <p>So a rewritten branch is followed as long as it still has a commit that is known. Keeps
 * nothing on disk. Confined to one thread at a time.
 */
final class HistoryCheck {
    /** Greatest depth that is looked at. */
    static final int MOST = 10_000;

    private static final int[] DEPTHS = {16, 128, 1024, MOST};
    private static final String REF = "refs/berth/history";

    private final Remote remote;
    private final Path scratch;
    private final CommitVerifier verifier;

    /**
     * @param scratch a directory of its own; need not exist
     */
    HistoryCheck(Remote remote, Path scratch, CommitVerifier verifier) {
        this.remote = remote;
        this.scratch = scratch;
        this.verifier = verifier;
    }

    /**
     * What was found.
     *
     * @param gained commits that are new and good
     * @param fault a whole sentence without full stop; {@code null} when all are good
     */
    record Found(List<String> gained, @Nullable String fault) {
        static Found bad(String fault) {
            return new Found(List.of(), fault);
        }
    }

    /** A branch to check. */
    record Branch(String name, ObjectId head, List<ObjectId> parents) {}

    /**
     * Looks at what a branch gained.
     *
     * @param known commits that need no looking at
     * @throws RemoteFault if history can't be fetched, or the branch moved meanwhile
     * @throws StoreFault if it can't be kept for a moment, or is damaged
     */
    Found check(Branch branch, Set<ObjectId> known, VerifyPolicy policy, ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        boolean simple = !branch.parents().isEmpty() && known.containsAll(branch.parents());
        if (simple || known.contains(branch.head())) {
            return new Found(List.of(branch.head().name()), null);
        }
        for (int depth : DEPTHS) {
            Found found = look(depth, branch, known, policy, monitor);
            if (found != null) {
                return found;
            }
        }
        return Found.bad(
                "more than %,d commits lie between it and the last one that was followed"
                        .formatted(MOST));
    }

    /** {@code null} when more history is needed. */
    private @Nullable Found look(
            int depth,
            Branch branch,
            Set<ObjectId> known,
            VerifyPolicy policy,
            ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        removeScratch();
        try (BareStore store = BareStore.create(scratch)) {
            remote.fetchHistory(store.repository(), branch.name(), REF, depth, monitor);
            requireTime(monitor);
            Part part = part(store.repository(), branch.head(), known);
            if (part == null || (!part.fits() && !part.whole())) {
                if (depth < MOST) {
                    return null;
                }
                if (part == null) {
                    throw new RemoteFault(
                            "branch %s of %s moved while its history was read; it is looked at again"
                                    .formatted(branch.name(), remote.shown()));
                }
            }
            if (part.rewritten()) {
                return part.whole() ? Found.bad(rewritten(branch)) : null;
            }
            String bad = firstBad(store.repository(), part.gained(), policy, monitor);
            if (bad != null) {
                return part.whole() || depth >= MOST ? Found.bad(bad) : null;
            }
            return part.fits()
                    ? new Found(part.gained().stream().map(ObjectId::name).toList(), null)
                    : null;
        } finally {
            removeScratch();
        }
    }

    private void removeScratch() {
        if (Files.exists(scratch)) {
            StoreDirectory.delete(scratch);
        }
    }

    private void requireTime(ProgressMonitor monitor) throws RemoteFault {
        if (monitor.isCancelled()) {
            throw new RemoteFault(
                    "%s did not send the history of its branch in time".formatted(remote.shown()));
        }
    }

    private static String rewritten(Branch branch) {
        return "branch %s was rewritten: it has none of the commits that were followed. Look at its history yourself, then push a signed merge with a commit that was followed"
                .formatted(branch.name());
    }

    /**
     * What a part of the history shows.
     *
     * @param gained what is not old, newest first
     * @param fits no gained commit has its parents cut off
     * @param whole nothing is cut off anywhere
     * @param rewritten no known commit is in it
     */
    private record Part(Set<ObjectId> gained, boolean fits, boolean whole, boolean rewritten) {}

    /** {@code null} when the head is not in it. */
    private static @Nullable Part part(Repository history, ObjectId head, Set<ObjectId> known)
            throws StoreFault {
        try (RevWalk walk = new RevWalk(history)) {
            if (!walk.getObjectReader().has(head)) {
                return null;
            }
            Set<ObjectId> present = new HashSet<>();
            for (ObjectId id : known) {
                if (walk.getObjectReader().has(id)) {
                    present.add(id);
                }
            }
            Set<ObjectId> old = reach(walk, present, Set.of());
            Set<ObjectId> gained = reach(walk, Set.of(head), old);
            Set<ObjectId> cut = history.getObjectDatabase().getShallowCommits();
            return new Part(
                    gained,
                    gained.stream().noneMatch(cut::contains),
                    cut.isEmpty(),
                    present.isEmpty());
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("the history that was fetched can't be read", e);
        }
    }

    /** Everything that these lead to, by way of none of the others; nearest first. */
    private static Set<ObjectId> reach(
            RevWalk walk, Collection<ObjectId> from, Set<ObjectId> without) throws IOException {
        Set<ObjectId> reached = new LinkedHashSet<>();
        Deque<ObjectId> next = new ArrayDeque<>(from);
        while (!next.isEmpty()) {
            ObjectId id = next.remove();
            if (without.contains(id) || !reached.add(id)) {
                continue;
            }
            for (RevCommit parent : walk.parseCommit(id).getParents()) {
                next.add(parent.copy());
            }
        }
        return reached;
    }

    private @Nullable String firstBad(
            Repository history, Set<ObjectId> gained, VerifyPolicy policy, ProgressMonitor monitor)
            throws StoreFault, RemoteFault {
        for (ObjectId id : gained) {
            requireTime(monitor);
            if (verifier.verify(history, id, policy) instanceof Verdict.Bad(String why)) {
                return "it comes with commit %.12s by %s, and %s"
                        .formatted(id.name(), SignedCommit.read(history, id).author(), why);
            }
        }
        return null;
    }
}

package dev.berth.reconciler.simulation;

import dev.berth.reconciler.simulation.Event.Trouble;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourceReading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The config repo, and what control's disk keeps of it. Answers as the real source does: what can't
 * be read or trusted leaves the last revision that could.
 */
final class SimRepo {
    private final List<Commit> branch = new ArrayList<>();
    private @Nullable Trouble trouble;
    private @Nullable Commit lastRead;
    private int made;

    /** Its files are looked at again and again. */
    private record Commit(int number, Tree tree, SortedMap<String, String> files) {}

    SimRepo() {
        push(Tree.FIRST);
    }

    /**
     * What a look gave.
     *
     * @param tree what control now takes for the newest; {@code null} = it learns nothing
     */
    record Look(SourceReading reading, @Nullable Tree tree) {}

    Tree head() {
        return branch.getLast().tree();
    }

    void push(Tree tree) {
        branch.add(new Commit(++made, tree, tree.files()));
    }

    void forcePush(int back) {
        for (int i = 0; i < back && branch.size() > 1; i++) {
            branch.removeLast();
        }
    }

    void revert() {
        if (branch.size() > 1) {
            push(branch.get(branch.size() - 2).tree());
        }
    }

    void trouble(@Nullable Trouble now) {
        trouble = now;
    }

    Look look() {
        Trouble now = trouble;
        Commit head = branch.getLast();
        if (now == null) {
            return fresh(head);
        }
        return switch (now) {
            case UNREACHABLE, BRANCH_GONE -> stale(now);
            case TRUNCATED ->
                    new Look(
                            new SourceReading.Fresh(
                                    revision(head), new SimTree(head.files(), true)),
                            null);
            case REWOUND -> fresh(branch.get(Math.max(0, branch.size() - 2)));
        };
    }

    /** What a look gave when the tree was the newest. */
    static SourceReading readingOf(Tree tree) {
        Commit commit = new Commit(0, tree, tree.files());
        return new SourceReading.Fresh(revision(commit), new SimTree(commit.files(), false));
    }

    private Look fresh(Commit commit) {
        lastRead = commit;
        return new Look(
                new SourceReading.Fresh(revision(commit), new SimTree(commit.files(), false)),
                known(commit));
    }

    private Look stale(Trouble why) {
        Commit last = lastRead;
        return last == null
                ? new Look(new SourceReading.Unavailable(why.toString()), null)
                : new Look(
                        new SourceReading.Stale(
                                revision(last), new SimTree(last.files(), false), why.toString()),
                        known(last));
    }

    private static @Nullable Tree known(Commit commit) {
        return commit.tree().emptied() ? null : commit.tree();
    }

    private static Revision revision(Commit commit) {
        return new Revision(
                "main", "%040x".formatted(commit.number()), "Ann <ann@example.com>", Instant.EPOCH);
    }
}

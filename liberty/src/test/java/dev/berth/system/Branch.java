package dev.berth.system;

import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Tree;
import java.util.ArrayList;
import java.util.List;

/** The commits of a config repo, as those who push mean them. Confined to one thread. */
final class Branch {
    private final List<Tree> commits = new ArrayList<>(List.of(Tree.FIRST));
    private final List<Tree> all = new ArrayList<>(commits);

    /** How to get there from where the branch was. */
    sealed interface Step {}

    record Add(Tree tree) implements Step {}

    record Back(int commits) implements Step {}

    record Stay() implements Step {}

    /** What the branch becomes by an event. */
    Step take(Event event) {
        return switch (event) {
            case Event.Commit(_, _, var edits) -> {
                Tree next = head();
                for (Tree.Edit edit : edits) {
                    next = next.with(edit);
                }
                yield add(next);
            }
            case Event.ForcePush(_, int back) -> {
                int steps = Math.min(back, commits.size() - 1);
                commits.subList(commits.size() - steps, commits.size()).clear();
                all.add(head());
                yield new Back(steps);
            }
            case Event.Revert _ -> commits.size() > 1 ? add(before()) : new Stay();
            case Event.GitTrouble _,
                    Event.Drift _,
                    Event.LookAlike _,
                    Event.EngineSlow _,
                    Event.EngineFails _,
                    Event.EngineGone _,
                    Event.EdgeGone _,
                    Event.EdgeForgets _,
                    Event.EdgeLosesAnswer _,
                    Event.Kill _,
                    Event.ClockJumps _,
                    Event.Triggers _,
                    Event.DatabaseGone _,
                    Event.Rival _,
                    Event.TriggersLost _,
                    Event.TriggersReordered _ ->
                    new Stay();
        };
    }

    private Step add(Tree tree) {
        commits.add(tree);
        all.add(tree);
        return new Add(tree);
    }

    Tree head() {
        return commits.getLast();
    }

    /** The commit before the head. */
    Tree before() {
        return commits.get(Math.max(0, commits.size() - 2));
    }

    /** Every one that ever was the head, the empty beginning first. */
    List<Tree> all() {
        return List.copyOf(all);
    }
}

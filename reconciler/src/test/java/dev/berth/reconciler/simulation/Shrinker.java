package dev.berth.reconciler.simulation;

import dev.berth.reconciler.simulation.Simulation.Broken;
import java.util.ArrayList;
import java.util.List;

/** Finds a smaller history that breaks the same invariant (delta debugging, Zeller 1999). */
final class Shrinker {
    private static final int MOST_RUNS = 300;
    private static final int INTERLEAVINGS = 20;

    private final Bug bug;
    private final String invariant;
    private int runs;

    private Shrinker(Bug bug, String invariant) {
        this.bug = bug;
        this.invariant = invariant;
    }

    /** The smallest found; the history itself if none is. */
    static History shrink(History history, Broken how, Bug bug) {
        return new Shrinker(bug, how.invariant()).shrink(history);
    }

    private History shrink(History history) {
        History best = history;
        History before;
        do {
            before = best;
            best = fewerEvents(best);
            best = fewerEdits(best);
            best = otherOrder(best);
        } while (best.events().size() < before.events().size() && runs < MOST_RUNS);
        return best;
    }

    private History fewerEvents(History history) {
        History best = history;
        int size = Math.max(1, best.events().size() / 2);
        while (size >= 1) {
            int from = 0;
            while (from < best.events().size() && runs < MOST_RUNS) {
                List<Event> fewer = new ArrayList<>(best.events());
                fewer.subList(from, Math.min(fewer.size(), from + size)).clear();
                History candidate = new History(best.interleaving(), fewer);
                if (breaks(candidate)) {
                    best = candidate;
                } else {
                    from += size;
                }
            }
            size /= 2;
        }
        return best;
    }

    private History fewerEdits(History history) {
        History best = history;
        for (int i = 0; i < best.events().size(); i++) {
            if (best.events().get(i) instanceof Event.Commit commit) {
                for (int j = commit.edits().size() - 1; j >= 0; j--) {
                    Event.Commit now = (Event.Commit) best.events().get(i);
                    List<Tree.Edit> edits = new ArrayList<>(now.edits());
                    edits.remove(j);
                    List<Event> events = new ArrayList<>(best.events());
                    events.set(i, new Event.Commit(now.at(), now.calls(), edits));
                    History candidate = new History(best.interleaving(), events);
                    if (breaks(candidate)) {
                        best = candidate;
                    }
                }
            }
        }
        return best;
    }

    /** In another order of threads perhaps less must happen. */
    private History otherOrder(History history) {
        for (int seed = 0; seed < INTERLEAVINGS; seed++) {
            History other = new History(seed, history.events());
            if (breaks(other)) {
                History fewer = fewerEvents(other);
                if (fewer.events().size() < history.events().size()) {
                    return fewer;
                }
            }
        }
        return history;
    }

    private boolean breaks(History candidate) {
        return runs++ < MOST_RUNS
                && Simulation.run(candidate, bug) instanceof Broken broken
                && broken.invariant().equals(invariant);
    }
}

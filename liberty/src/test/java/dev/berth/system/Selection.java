package dev.berth.system;

import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The few of many histories that show the most: a real engine has time for no more. */
final class Selection {
    private static final int OF = 40;
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private Selection() {}

    /** The histories from a seed on that tell anything. */
    static Stream<Scenario> from(long seed) {
        return LongStream.iterate(seed, next -> next + 1)
                .mapToObj(Scenario::of)
                .filter(Scenario::tells);
    }

    /**
     * Each shows the most that those before it do not; what few of the many show counts for more.
     * Sorted by seed.
     */
    static List<Scenario> ofMany(int few) {
        List<Scenario> many =
                new ArrayList<>(
                        from(1).filter(scenario -> scenario.lasts().compareTo(LONGEST) <= 0)
                                .limit(OF)
                                .toList());
        Map<String, Double> worth = worth(many);
        List<Scenario> chosen = new ArrayList<>();
        while (chosen.size() < few) {
            Scenario next =
                    many.stream()
                            .max(Comparator.comparingDouble(scenario -> worth(scenario, worth)))
                            .orElseThrow();
            many.remove(next);
            chosen.add(next);
            worth.keySet().removeAll(shows(next));
        }
        return chosen.stream().sorted(Comparator.comparingLong(Scenario::seed)).toList();
    }

    private static Map<String, Double> worth(List<Scenario> many) {
        Map<String, Double> worth = new HashMap<>();
        many.stream()
                .flatMap(s -> shows(s).stream())
                .forEach(w -> worth.merge(w, 1.0, Double::sum));
        worth.replaceAll((_, often) -> 1 / often);
        return worth;
    }

    private static double worth(Scenario scenario, Map<String, Double> worth) {
        return shows(scenario).stream().mapToDouble(word -> worth.getOrDefault(word, 0.0)).sum();
    }

    /** What can be seen in it, a word each. */
    static Set<String> shows(Scenario scenario) {
        return scenario.moments().stream()
                .map(Scenario.Moment::event)
                .flatMap(Selection::shows)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> shows(Event event) {
        return switch (event) {
            case Event.Commit(_, _, var edits) -> edits.stream().flatMap(Selection::shows);
            case Event.Drift(_, _, var hand, _) -> shows(hand);
            case Event.LookAlike(_, _, var disguise) -> shows(disguise);
            case Event.GitTrouble(_, var trouble, _) -> Stream.of(trouble.name());
            case Event.ForcePush _,
                    Event.Revert _,
                    Event.EngineGone _,
                    Event.EdgeGone _,
                    Event.EdgeForgets _,
                    Event.Kill _ ->
                    Stream.of(event.getClass().getSimpleName());
            case Event.EngineSlow _, // not in the real world
                    Event.EngineFails _,
                    Event.EdgeLosesAnswer _,
                    Event.ClockJumps _,
                    Event.Triggers _,
                    Event.DatabaseGone _,
                    Event.Rival _,
                    Event.TriggersLost _,
                    Event.TriggersReordered _ ->
                    Stream.of();
        };
    }

    private static Stream<String> shows(Event.Hand hand) {
        return switch (hand) {
            case REMOVE_NETWORK, REMOVE_IMAGE -> Stream.of(); // in use: the engine would refuse
            case REMOVE,
                    STOP,
                    PAUSE,
                    SET_MEMORY,
                    SET_RESTART_POLICY,
                    DISCONNECT,
                    CRASH,
                    CRASH_LOOP,
                    RENAME,
                    START ->
                    Stream.of(hand.name());
        };
    }

    private static Stream<String> shows(Event.Disguise disguise) {
        return switch (disguise) {
            case PREDECESSOR -> Stream.of(); // nobody takes over from it
            case NAME, COMPOSE_LABELS, OTHER_INSTANCE, HALF_OUR_LABELS ->
                    Stream.of(disguise.name());
        };
    }

    private static Stream<String> shows(Tree.Edit edit) {
        return switch (edit) {
            case Tree.Put(_, var spec) -> Stream.of(spec.twist().name(), spec.image().name());
            case Tree.PutJob(_, var work) -> Stream.of(work.name());
            case Tree.Break(_, var damage) -> Stream.of(damage.name());
            case Tree.Remove _, Tree.Clear _, Tree.Wipe _, Tree.RemoveJob _ ->
                    Stream.of(edit.getClass().getSimpleName());
            case Tree.AllowDeletes _, // says nothing alone
                    Tree.Confirm _,
                    Tree.SetValue _,
                    Tree.SetSecret _,
                    Tree.SetAlert _,
                    Tree.Pin _,
                    Tree.Unpin _ ->
                    Stream.of();
        };
    }
}

package dev.berth.system;

import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Generator;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A history of the simulation with the times of a real machine: where the made-up world waits for
 * minutes a real one is watched for seconds, and so many calls of control are so many moments.
 *
 * @param moments sorted by time
 */
record Scenario(long seed, List<Moment> moments) {
    private static final int FASTER = 20;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(4);
    private static final Duration LONGEST_FAULT = Duration.ofSeconds(5);
    private static final Duration SHORTEST_FAULT = Duration.ofSeconds(1);
    private static final Duration A_CALL = Duration.ofMillis(50);

    /**
     * One event begins, or one that lasts is over.
     *
     * @param at since the beginning
     */
    record Moment(Duration at, Event event, boolean over) {}

    static Scenario of(long seed) {
        List<Moment> moments = new ArrayList<>();
        Duration made = Duration.ZERO;
        Duration real = Duration.ZERO;
        for (Event event : Generator.history(seed).events()) {
            real = real.plus(least(event.at().minus(made).dividedBy(FASTER), LONGEST_PAUSE));
            made = event.at();
            Duration at = real.plus(A_CALL.multipliedBy(event.calls()));
            moments.add(new Moment(at, event, false));
            Duration lasts = lasts(event);
            if (!lasts.isZero()) {
                Duration shorter = least(lasts.dividedBy(FASTER), LONGEST_FAULT);
                moments.add(new Moment(at.plus(most(shorter, SHORTEST_FAULT)), event, true));
            }
        }
        moments.sort(Comparator.comparing(Moment::at));
        return new Scenario(seed, List.copyOf(moments));
    }

    private static Duration least(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration most(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static Duration lasts(Event event) {
        return switch (event) {
            case Event.GitTrouble trouble -> trouble.lasts();
            case Event.EngineGone gone -> gone.lasts();
            case Event.Commit _,
                    Event.ForcePush _,
                    Event.Revert _,
                    Event.Drift _,
                    Event.LookAlike _,
                    Event.EngineSlow _,
                    Event.EngineFails _,
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
                    Duration.ZERO;
        };
    }

    /** How long until all has happened. */
    Duration lasts() {
        return moments.getLast().at();
    }

    /**
     * True for one that kills control and engine, whose last commit can be fulfilled to the letter,
     * and with an app that must be served from its first release to the end.
     */
    boolean tells() {
        Branch branch = new Branch();
        moments.stream().filter(moment -> !moment.over()).forEach(m -> branch.take(m.event()));
        Promises promises = new Promises();
        branch.all().forEach(promises::pushed);
        Tree first = branch.all().get(1);
        return has(Event.Kill.class)
                && has(Event.EngineGone.class)
                && isWhole(branch.head())
                && leftovers(branch) <= branch.head().maxDeletes()
                && branch.all().stream().allMatch(Scenario::isWatched)
                && jobsStayAsTheyAre(branch)
                && first.apps().entrySet().stream()
                        .anyMatch(
                                app ->
                                        works(app.getValue().spec())
                                                && !promises.mayStop(app.getKey()));
    }

    private boolean has(Class<? extends Event> kind) {
        return moments.stream().map(Moment::event).anyMatch(kind::isInstance);
    }

    private static boolean isWhole(Tree tree) {
        return !tree.emptied()
                && !tree.apps().isEmpty()
                && tree.apps().values().stream()
                        .allMatch(doc -> doc.damage() == null && works(doc.spec()))
                && tree.apps().keySet().stream().noneMatch(tree::inDoubt);
    }

    /** What may be there and is declared no more: with too many of them none is removed. */
    private static int leftovers(Branch branch) {
        Set<String> gone = new HashSet<>();
        for (Tree tree : branch.all()) {
            gone.addAll(tree.apps().keySet());
            gone.addAll(tree.jobs().keySet());
        }
        gone.removeAll(branch.head().apps().keySet());
        gone.removeAll(branch.head().jobs().keySet());
        return gone.size();
    }

    /** What falls leaves gaps that everybody may see. */
    private static boolean isWatched(Tree tree) {
        return tree.apps().values().stream()
                .map(Tree.Doc::spec)
                .noneMatch(spec -> isHidden(spec.twist()) || spec.image() == Spec.Image.FALLS);
    }

    /** What is taken over from is found in a pass only, and nothing may call for one. */
    private static boolean isHidden(Spec.Twist twist) {
        return switch (twist) {
            case ADOPTS -> true;
            case NONE,
                    SUSPENDED,
                    RECREATE,
                    VOLUME,
                    COMMAND,
                    WORKER,
                    DELETABLE,
                    RELEASE,
                    CRON,
                    GROUPED,
                    DEPENDS,
                    SECRET,
                    BRIEF ->
                    false;
        };
    }

    /** One that is to do something else has run already, or not yet: nobody knows. */
    private static boolean jobsStayAsTheyAre(Branch branch) {
        return branch.all().stream()
                        .flatMap(tree -> tree.jobs().entrySet().stream())
                        .distinct()
                        .count()
                == branch.all().stream()
                        .flatMap(tree -> tree.jobs().keySet().stream())
                        .distinct()
                        .count();
    }

    private static boolean works(Spec spec) {
        return switch (spec.image()) {
            case QUICK, OTHER, SLOW -> true;
            case NEVER_READY, ENDS_AT_ONCE, FALLS -> false;
        };
    }
}

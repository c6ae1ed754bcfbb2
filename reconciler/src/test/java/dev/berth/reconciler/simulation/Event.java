package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.EngineCall;
import java.time.Duration;
import java.util.List;

/**
 * What people, machines and chance do. Each at a time from the beginning; those with {@code calls}
 * when control has made so many calls to the outside after that, or at the latest a few seconds
 * later. An event that makes no sense when its time has come does nothing, so that any part of a
 * history is a history.
 */
public sealed interface Event {
    Duration at();

    /** How many calls of control it lets pass. */
    default int calls() {
        return 0;
    }

    /** Somebody pushes. */
    record Commit(Duration at, int calls, List<Tree.Edit> edits) implements Event {
        public Commit {
            edits = List.copyOf(edits);
        }
    }

    /** The branch is set back by so many commits. */
    record ForcePush(Duration at, int back) implements Event {}

    /** The newest commit is undone by another one. */
    record Revert(Duration at) implements Event {}

    /** The Git server is not as it should be. */
    record GitTrouble(Duration at, Trouble trouble, Duration lasts) implements Event {}

    /** What a Git server does. */
    enum Trouble {
        UNREACHABLE,
        BRANCH_GONE,
        TRUNCATED,
        REWOUND
    }

    /** Somebody lays hands on a container of ours. */
    record Drift(Duration at, int calls, Hand hand, int victim) implements Event {}

    /** What people do to the engine behind Berth's back, or containers by themselves. */
    enum Hand {
        REMOVE,
        STOP,
        PAUSE,
        SET_MEMORY,
        SET_RESTART_POLICY,
        DISCONNECT,
        CRASH,
        CRASH_LOOP,
        RENAME,
        START,
        REMOVE_NETWORK,
        REMOVE_IMAGE
    }

    /** Somebody runs a container that looks like one of an app's. */
    record LookAlike(Duration at, String app, Disguise disguise) implements Event {}

    /** What makes a foreign container look like ours. */
    enum Disguise {
        NAME,
        COMPOSE_LABELS,
        OTHER_INSTANCE,
        HALF_OUR_LABELS,
        /** No label at all, and the name that an app may say it takes over from. */
        PREDECESSOR
    }

    /** Every call to the engine takes so long. */
    record EngineSlow(Duration at, Duration each, Duration lasts) implements Event {}

    /** The next call of that kind fails, before or after it had its effect. */
    record EngineFails(Duration at, EngineCall call, boolean afterEffect) implements Event {}

    /** The engine is gone for a while; what it runs goes on. */
    record EngineGone(Duration at, int calls, Duration lasts) implements Event {}

    /** No edge is connected for a while. */
    record EdgeGone(Duration at, int calls, Duration lasts) implements Event {}

    /** The edge comes back with an empty disk. */
    record EdgeForgets(Duration at, int calls) implements Event {}

    /** The edge takes the next routes, and its answer is lost. */
    record EdgeLosesAnswer(Duration at) implements Event {}

    /** Control is killed in a call, before or after it had its effect, and started again later. */
    record Kill(Duration at, int calls, boolean afterEffect, Duration away) implements Event {}

    /** The wall clock of control is set. */
    record ClockJumps(Duration at, Duration by) implements Event {}

    /** Somebody asks for a pass, several times. */
    record Triggers(Duration at, int calls, int times) implements Event {}

    /** The database is gone: what was is not known, and nothing is written down. */
    record DatabaseGone(Duration at, Duration lasts) implements Event {}

    /**
     * Another control is started in a home of its own; some time later one of them is no more.
     *
     * @param stays whether it is the other one that goes on
     */
    record Rival(Duration at, Duration lasts, boolean stays) implements Event {}

    /** Nobody hears of what happens, for a while. */
    record TriggersLost(Duration at, Duration lasts) implements Event {}

    /** For a while people and machines are heard later, and not in the order they spoke. */
    record TriggersReordered(Duration at, Duration lasts) implements Event {}
}

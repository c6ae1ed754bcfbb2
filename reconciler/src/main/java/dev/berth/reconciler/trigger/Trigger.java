package dev.berth.reconciler.trigger;

import dev.berth.schemas.config.ResourceId;

/**
 * A reason to look at everything again. Lost, doubled or reordered triggers change nothing but the
 * time of the next pass and what its report says.
 */
public sealed interface Trigger {
    /** What happened, for people: a clause without full stop. */
    String describe();

    /** The process came up. */
    record Started() implements Trigger {
        @Override
        public String describe() {
            return "Berth started";
        }
    }

    /** The poll interval is over. */
    record Poll() implements Trigger {
        @Override
        public String describe() {
            return "time to look again";
        }
    }

    /**
     * A local repo changed, a server announced a push, or a slow fetch is through.
     *
     * @param repo its URL as it is shown, without login
     */
    record RepoChanged(String repo) implements Trigger {
        @Override
        public String describe() {
            return "push to " + repo;
        }
    }

    /**
     * The engine did something to a container of ours.
     *
     * @param action the engine's word: {@code die}, {@code destroy}, {@code health_status}
     */
    record EngineEvent(ResourceId app, String action) implements Trigger {
        @Override
        public String describe() {
            return "engine says %s of a container of %s".formatted(action, app);
        }
    }

    /** The engine answers again; what happened meanwhile is not known. */
    record EngineBack() implements Trigger {
        @Override
        public String describe() {
            return "the engine answers again";
        }
    }

    /** The edge connected or reported something that a change may wait for. */
    record EdgeReported() implements Trigger {
        @Override
        public String describe() {
            return "the edge reported";
        }
    }

    /**
     * The wait after failures is over.
     *
     * @param failures how many there were in a row, at least 1
     */
    record Retry(int failures) implements Trigger {
        @Override
        public String describe() {
            return failures == 1
                    ? "again after a failure"
                    : "again after %d failures".formatted(failures);
        }
    }

    /**
     * Someone asked the process to look, by a signal or in a test.
     *
     * @param by who or what asked
     */
    record Manual(String by) implements Trigger {
        @Override
        public String describe() {
            return "asked by " + by;
        }
    }
}

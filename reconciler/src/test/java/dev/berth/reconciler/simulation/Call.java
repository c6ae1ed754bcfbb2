package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.EngineCall;
import org.jspecify.annotations.Nullable;

/**
 * One call of control to the outside.
 *
 * @param engine which call of the engine it is; {@code null} = none
 * @param what in a word
 * @param subject what it is about
 */
record Call(@Nullable EngineCall engine, String what, String subject) {
    static Call of(EngineCall call, String subject) {
        return new Call(call, call.name(), subject);
    }

    static Call other(String what, String subject) {
        return new Call(null, what, subject);
    }

    /** True when it can change engine or edge. */
    boolean write() {
        return engine == null ? what.equals("ROUTES") : engine.write();
    }

    /** True when it only says who writes. */
    boolean stamps() {
        return engine == EngineCall.STAMP || engine == EngineCall.REMOVE_STAMP;
    }

    @Override
    public String toString() {
        return what + " " + subject;
    }
}

package dev.berth.reconciler.engine;

import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;

/**
 * One request to the engine, as messages and failures need it.
 *
 * @param what completes "can't ...": {@code start container shop-web-1}
 * @param reason of a failure that the engine answers with
 * @param late what it means when the deadline passes
 */
record Ask(String what, Duration deadline, ReasonCode reason, Late late) {
    private static final Duration READ = Duration.ofSeconds(20);
    private static final Duration WRITE = Duration.ofSeconds(60);

    /** A deadline that passed. */
    enum Late {
        /** The engine should have answered: it is not well. */
        ENGINE_SILENT,
        /** The work took too long this time. */
        TRY_AGAIN,
        /** The work takes too long. */
        GIVE_UP
    }

    static Ask toRead(String what) {
        return new Ask(what, READ, ReasonCode.EngineUnavailable, Late.ENGINE_SILENT);
    }

    static Ask toWrite(String what, ReasonCode reason) {
        return new Ask(what, WRITE, reason, Late.ENGINE_SILENT);
    }

    static Ask toBuild(ImageBuild build) {
        return new Ask(
                "build " + build.reference(),
                build.deadline(),
                ReasonCode.BuildFailed,
                Late.GIVE_UP);
    }
}

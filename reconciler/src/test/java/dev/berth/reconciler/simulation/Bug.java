package dev.berth.reconciler.simulation;

import dev.berth.schemas.status.PassReport;

/** A mistake made on purpose in a part of control, to see that the simulation finds it. */
interface Bug {
    /** Control as it is. */
    Bug NONE = new Bug() {};

    /** The port with the mistake in it, seen from control. */
    default <T> T plant(Class<T> port, T real, SimWorld world) {
        return real;
    }

    /** The report with the mistake in it. */
    default PassReport plant(PassReport report) {
        return report;
    }
}

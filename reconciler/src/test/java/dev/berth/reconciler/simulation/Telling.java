package dev.berth.reconciler.simulation;

import dev.berth.schemas.status.PassReport;

/** Hears of each pass that ended, to tell people of it. */
@FunctionalInterface
interface Telling {
    void offer(PassReport report);
}

package dev.berth.reconciler.simulation;

import dev.berth.reconciler.desired.LastGood;

/** What control keeps on disk: outlives it. */
final class SimDisk implements LastGood {
    private Memory memory = Memory.EMPTY;

    @Override
    public Memory recall() {
        return memory;
    }

    @Override
    public void remember(Memory next) {
        memory = next;
    }
}

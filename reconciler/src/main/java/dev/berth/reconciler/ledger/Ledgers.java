package dev.berth.reconciler.ledger;

import java.nio.file.Path;

/** All that is remembered beside the engine. */
public record Ledgers(ScheduleLedger schedules, ReleaseLedger releases) {
    /** Those that a restart forgets. */
    public static Ledgers inMemory() {
        return new Ledgers(ScheduleLedger.inMemory(), ReleaseLedger.inMemory());
    }

    /** What those in a directory have; nothing there is written. */
    public static Ledgers reading(Path home) {
        return new Ledgers(
                ScheduleLedger.reading(home.resolve("schedules.json")),
                ReleaseLedger.reading(home.resolve("releases")));
    }

    /** Those in a directory: {@code schedules.json}, {@code releases/shop.json}. */
    public static Ledgers in(Path home) {
        return new Ledgers(
                ScheduleLedger.inFile(home.resolve("schedules.json")),
                ReleaseLedger.inDirectory(home.resolve("releases")));
    }

    /**
     * Those that begin with what these have and write nothing: what is noted in them is forgotten.
     */
    public Ledgers copy() {
        return new Ledgers(schedules.copy(), releases.copy());
    }
}

package dev.berth.reconciler.cli;

import dev.berth.reconciler.converge.Failures;
import dev.berth.reconciler.converge.StartedJobs;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.Memory;
import dev.berth.reconciler.live.Memory.StartedJob;
import dev.berth.reconciler.live.MemoryFile;
import dev.berth.schemas.config.ResourceId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What control has in its home of earlier passes, for who plans as it would. Nothing is written.
 *
 * @param failures what failed and still stands
 * @param jobs those that were started
 */
record Remembered(
        Map<ResourceId, FailedAttempt> failures,
        Map<ResourceId, StartedJob> jobs,
        Ledgers ledgers) {

    static Remembered in(Path home, Instant now) {
        Memory memory = new MemoryFile(home.resolve("memory.json"), text -> text).recall();
        Failures failures = new Failures(_ -> Duration.ZERO);
        failures.recall(memory, now);
        StartedJobs jobs = new StartedJobs();
        jobs.recall(memory.jobs());
        return new Remembered(failures.standing(), jobs.all(), Ledgers.reading(home));
    }
}

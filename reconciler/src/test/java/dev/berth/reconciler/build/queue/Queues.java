package dev.berth.reconciler.build.queue;

import dev.berth.reconciler.build.kept.InMemoryBuildStore;
import dev.berth.reconciler.build.log.BuildLogs;
import dev.berth.reconciler.clockwork.Clockwork;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Queues for tests that are about something else. */
public final class Queues {
    private static final Path LOGS =
            Path.of(System.getProperty("java.io.tmpdir"), "berth-build-logs");

    private Queues() {}

    /** One that nobody asks, and that is written down nowhere. */
    public static BuildQueue ofNobody(Clockwork clock) {
        return new BuildQueue(
                new BuildBook(
                        new InMemoryBuildStore(clock),
                        new BuildLogs(LOGS, UnaryOperator.identity()),
                        "test",
                        UnaryOperator.identity(),
                        clock),
                () -> 2);
    }
}

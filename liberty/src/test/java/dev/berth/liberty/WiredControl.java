package dev.berth.liberty;

import dev.berth.liberty.health.PassTally;
import dev.berth.reconciler.build.kept.InMemoryBuildStore;
import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.lease.LeaseStore;
import dev.berth.reconciler.notify.Message;
import dev.berth.reconciler.notify.Outbox;
import dev.berth.reconciler.notify.OutboxFiles;
import dev.berth.reconciler.status.HistoryWriter;
import dev.berth.reconciler.status.InMemoryPassHistory;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.reconciler.traffic.EdgeLink;
import dev.berth.reconciler.webhook.DeliveryBook;
import dev.berth.reconciler.webhook.kept.InMemoryDeliveryStore;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.status.PassReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Control as it is wired, without its server: no engine, an edge that falls silent after its first
 * word, alerts into a list.
 */
final class WiredControl implements AutoCloseable {
    final List<Message> told = new CopyOnWriteArrayList<>();
    final ShiftedClockwork clock = new ShiftedClockwork();
    final StatusBoard board = new StatusBoard();
    final InMemoryPassHistory history = new InMemoryPassHistory();

    /** The home that has the lease in place of this one; {@code null} = this one. */
    final AtomicReference<@Nullable String> leased = new AtomicReference<>();

    private final EdgeLink edge;
    private final ControlProcess process;
    private final Outbox outbox;
    private final HistoryWriter writer;
    private final DeliveryBook deliveries;
    private final StopSignal signal = new StopSignal(List.of());

    WiredControl(Path home, Path config) {
        Environment environment = environment(home, config);
        EdgeBell bell = new EdgeBell();
        edge = new EdgeLink(clock, bell, bell::wake);
        process =
                new ControlProcess(
                        environment,
                        edge,
                        new Leases(),
                        new InMemoryBuildStore(clock),
                        board,
                        clock);
        outbox =
                new Outbox(
                        new OutboxFiles(home.resolve("outbox")),
                        process::watch,
                        (message, _) -> told.add(message),
                        new Backoff(new Random()),
                        clock);
        deliveries = new DeliveryBook(new InMemoryDeliveryStore(), clock);
        writer = new HistoryWriter(history, HistoryWriter.Settings.USUAL, clock, process::remember);
    }

    static Environment environment(Path home, Path config) {
        return new Environment(
                home,
                config.toString(),
                "unix://" + home.resolve("no-engine.sock"),
                8080,
                9080,
                "berth",
                null,
                null,
                null,
                Map.of(),
                Environment.Tls.USUAL);
    }

    void start() {
        // Control waits for one at its start, by the machine's clock.
        edge.report(new EdgeReport("edge", 0, null, RouteTable.EMPTY, List.of(), List.of()));
        new ReconcilerLifecycle()
                .start(
                        new Object(),
                        board,
                        writer,
                        new PassTally(),
                        outbox,
                        signal,
                        deliveries,
                        process);
    }

    /** The wired parts themselves. */
    ControlProcess process() {
        return process;
    }

    /** The newest pass. */
    @Nullable PassReport newest() {
        StatusBoard.Posting posting = board.newest();
        return posting == null ? null : posting.pass();
    }

    @Override
    public void close() {
        signal.close();
        process.close();
        outbox.close();
        deliveries.close();
        writer.close();
    }

    private final class Leases implements LeaseStore {
        @Override
        public String claim(String instance, String holder, Duration validity) {
            return Objects.requireNonNullElse(leased.get(), holder);
        }

        @Override
        public void release(String instance, String holder) {}
    }
}

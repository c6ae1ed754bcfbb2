package dev.berth.liberty;

import dev.berth.liberty.edge.LongPolls;
import dev.berth.liberty.health.PassTally;
import dev.berth.reconciler.notify.Outbox;
import dev.berth.reconciler.status.HistoryWriter;
import dev.berth.reconciler.status.JpaPassHistory;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.reconciler.webhook.DeliveryBook;
import dev.berth.webapp.stream.StreamHub;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;

/** Starts what runs on its own, and stops it in the opposite order. */
@Dependent
public class ReconcilerLifecycle {
    void start(
            @Observes @Initialized(ApplicationScoped.class) Object event,
            StatusBoard board,
            HistoryWriter writer,
            PassTally tally,
            Outbox outbox,
            StopSignal signal,
            DeliveryBook deliveries,
            ControlProcess loop) {
        board.subscribe(loop.unlessAnotherWrites(writer::offer, () -> {}));
        board.subscribe(tally);
        board.subscribe(loop.unlessAnotherWrites(outbox::offer, outbox::hush));
        board.subscribe(loop.unlessAnotherWrites(loop::tell, () -> {}));
        writer.start();
        outbox.start();
        deliveries.start();
        loop.start();
    }

    void stop(
            @Observes @BeforeDestroyed(ApplicationScoped.class) Object event,
            StopSignal signal,
            ControlProcess loop,
            LongPolls polls,
            StreamHub hub,
            Outbox outbox,
            DeliveryBook deliveries,
            HistoryWriter writer,
            JpaPassHistory history) {
        signal.close();
        loop.close();
        polls.close();
        hub.close();
        outbox.close();
        deliveries.close();
        writer.close();
        history.close();
    }
}

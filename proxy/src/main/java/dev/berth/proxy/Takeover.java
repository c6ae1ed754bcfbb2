package dev.berth.proxy;

import dev.berth.proxy.handover.ListeningSockets;
import dev.berth.proxy.handover.Predecessor;
import dev.berth.schemas.edge.EdgeReport;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an edge comes by what another one has that runs with the same home. One that starts anew has
 * nobody before it: then all of this is nothing. {@link #complete} and {@link #awaitEnd} by any
 * thread, the rest by one.
 */
final class Takeover implements AutoCloseable {
    private static final Duration WARM = Duration.ofSeconds(10);

    private volatile @Nullable Predecessor predecessor;

    /**
     * Asks for the sockets. Everything that takes time comes first: from its offer on the other one
     * takes no snapshot.
     *
     * @throws IOException if it cannot be taken over from: it serves on
     */
    ListeningSockets begin(Works works, Predecessor.Patience patience) throws IOException {
        works.tls().warm(WARM);
        Predecessor found =
                Predecessor.connect(works.config().handoverSocket(), works.wires(), patience);
        predecessor = found;
        long version = found.awaitOffer();
        if (version != version(works)) {
            works.link().restore();
        }
        if (version != version(works)) {
            throw new StartFailure(
                    "the running edge serves snapshot %d, but %s has %d: it serves on"
                            .formatted(
                                    version,
                                    works.config().directory().resolve("snapshot.json"),
                                    version(works)));
        }
        return found.takeSockets();
    }

    private static long version(Works works) {
        return works.applied().state().version();
    }

    /**
     * Has the other one give up what only one of us can have.
     *
     * @param accept called if it stops accepting connections already then
     * @throws IOException if it has changed its mind: it serves on, and we must not
     */
    void makeWay(Runnable accept) throws IOException {
        Predecessor before = predecessor;
        if (before != null) {
            before.takeOver(accept);
        }
    }

    /**
     * Has the other one leave: we have all that is needed, and accept connections.
     *
     * @param onReport called when there is news of the other one; must not block
     * @param onTakenBack called when it says late that it serves on: then we must not
     * @throws IOException if it serves on, and we must not
     */
    void settle(Runnable onReport, Runnable onTakenBack) throws IOException {
        Predecessor before = predecessor;
        if (before != null) {
            before.settle(onReport, onTakenBack);
        }
    }

    /** Whether there was an edge to take over from. */
    boolean begun() {
        return predecessor != null;
    }

    /** Whether nobody serves but us, as far as we know. */
    boolean alone() {
        Predecessor before = predecessor;
        return before == null || before.left();
    }

    /** Adds to a report of ours what the other one still does. */
    EdgeReport complete(EdgeReport own) {
        Predecessor before = predecessor;
        return before == null ? own : before.complete(own);
    }

    /** Has the other one end its streams, and waits until it has ended; whether it has in time. */
    boolean awaitEnd(Duration atMost) throws InterruptedException {
        Predecessor before = predecessor;
        return before == null || before.awaitEnd(atMost);
    }

    /** Lets go of it: if it has not left, it serves on. */
    @Override
    public void close() {
        Predecessor before = predecessor;
        if (before != null) {
            before.close();
        }
    }
}

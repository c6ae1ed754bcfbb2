package dev.berth.proxy.handover;

import dev.berth.schemas.Json;
import dev.berth.schemas.edge.EdgeReport;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge that serves now, as its elder sees it: it is told what is still in flight here. It may
 * end before the elder does. One thread.
 */
public final class Successor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Successor.class);

    private final Wire wire;
    private boolean gone;

    Successor(Wire wire) {
        this.wire = wire;
    }

    /** Tells it. */
    public void report(EdgeReport report) {
        if (gone) {
            return;
        }
        try {
            wire.send(Json.write(report));
        } catch (HandoverException e) {
            lost(e);
        }
    }

    /** Whether it says, within that time, that streams must end now. */
    public boolean hurries(Duration atMost) {
        if (gone) {
            return false;
        }
        try {
            return Words.HURRY.equals(wire.pollLine(atMost));
        } catch (HandoverException e) {
            lost(e);
            return false;
        }
    }

    /** Nothing is in flight here any more. */
    @Override
    public void close() {
        wire.close();
    }

    private void lost(HandoverException why) {
        gone = true;
        LOG.warn("the edge that took over cannot be told anything: {}", why.getMessage());
    }
}

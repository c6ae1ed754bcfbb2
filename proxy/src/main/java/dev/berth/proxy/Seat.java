package dev.berth.proxy;

import dev.berth.proxy.disk.PidFile;
import dev.berth.proxy.handover.Elder;
import dev.berth.proxy.handover.HandoverServer;
import dev.berth.proxy.observe.AdminServer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only one edge of a home can have at a time: the word to control and the snapshot on disk,
 * the admin port, the place where a successor asks for the sockets, and the file that says which
 * process serves. Thread-safe.
 */
final class Seat {
    private static final Logger LOG = LoggerFactory.getLogger(Seat.class);

    private final Works works;
    private final EdgeConfig config;
    private final HandoverServer.Patience patience;
    private volatile @Nullable AdminServer admin;
    private @Nullable HandoverServer handover;
    private boolean held;
    private boolean shown;
    private boolean over;

    /** Nothing of it yet; {@code patience} is what successors will meet. */
    Seat(Works works, HandoverServer.Patience patience) {
        this.works = works;
        this.config = works.config();
        this.patience = patience;
    }

    /**
     * Takes what is needed to serve. Nobody finds us yet.
     *
     * @param left whether another edge has left it to us: then a port that is still taken is not
     *     the end
     * @throws IOException if the admin port is taken
     */
    synchronized void take(boolean left) throws IOException {
        try {
            openAdmin();
        } catch (IOException e) {
            if (!left) {
                throw StartFailure.port(config.adminPort(), "BERTH_EDGE_ADMIN_PORT", e);
            }
            warnNoAdmin(e);
        }
        held = true;
        works.link().start();
    }

    /**
     * Shows ourselves to successors and to whoever looks which process it is that serves, once; for
     * when nobody else serves any more. Nothing if we do not either.
     *
     * @param elder us, as successors will see us
     */
    synchronized void show(Elder elder) {
        if (held && !shown && !over) {
            showOurselves(elder);
        }
    }

    /** Gives up what hinders another edge; successors find us until there is another one. */
    synchronized void giveUp() {
        if (held) {
            held = false;
            works.link().leaveToSuccessor();
            closeAdmin();
        }
    }

    /** Has again what was given up. Between freeze and thaw of the link. */
    synchronized void takeBack(Elder elder) {
        if (held || over) {
            return;
        }
        held = true;
        works.link().takeBack();
        try {
            openAdmin();
        } catch (IOException e) {
            warnNoAdmin(e);
        }
        HandoverServer before = handover;
        showOurselves(elder);
        close(before);
    }

    /** Takes no successors; where they ask is another edge's. */
    synchronized void leave() {
        close(handover);
        handover = null;
    }

    /** The edge stops: takes no successors, and nobody listens there any more. */
    synchronized void end() {
        over = true;
        if (held && handover != null) {
            handover.closeAndDelete();
            handover = null;
        }
        leave();
    }

    /** Lets go of the rest, once nothing is in flight that could be told of. */
    synchronized void close() {
        works.link().close();
        closeAdmin();
    }

    /** The admin port; 0 when there is none. */
    int adminPort() {
        AdminServer server = admin;
        return server == null ? 0 : server.port();
    }

    private void openAdmin() throws IOException {
        if (config.adminPort() != 0) {
            Readings readings = works.readings();
            admin = AdminServer.start(config.adminPort(), readings::page);
        }
    }

    private void warnNoAdmin(IOException cause) {
        LOG.error("no metrics: admin port {}: {}", config.adminPort(), cause.getMessage());
    }

    private void closeAdmin() {
        AdminServer server = admin;
        admin = null;
        if (server != null) {
            server.close();
        }
    }

    private void showOurselves(Elder elder) {
        shown = true;
        handover = null;
        try {
            handover =
                    HandoverServer.listen(
                            config.handoverSocket(), works.id(), works.wires(), elder, patience);
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "no other edge can take over from this one ({}): an upgrade will need a restart",
                    e.getMessage());
        }
        PidFile.write(config.directory().resolve("serving"));
    }

    private static void close(@Nullable HandoverServer server) {
        if (server != null) {
            server.close();
        }
    }
}

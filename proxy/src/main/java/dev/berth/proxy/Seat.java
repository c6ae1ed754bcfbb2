package dev.berth.proxy;

import dev.berth.proxy.disk.PidFile;
import dev.berth.proxy.handover.Elder;
import dev.berth.proxy.handover.HandoverServer;
import dev.berth.proxy.observe.AdminServer;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only one edge of a home can have at a time: the admin port, the place where a successor asks
 * for the sockets, the file that says which process serves, and the word to control.
 */
final class Seat {
    private static final Logger LOG = LoggerFactory.getLogger(Seat.class);

    private final Works works;
    private final EdgeConfig config;
    private final AtomicReference<@Nullable AdminServer> admin = new AtomicReference<>();
    private final AtomicReference<@Nullable HandoverServer> handover = new AtomicReference<>();

    Seat(Works works) {
        this.works = works;
        this.config = works.config();
    }

    /**
     * Opens the admin port, if there is to be one.
     *
     * @param serving whether we do already: then a port that is still taken is not the end
     * @throws IOException if it is taken
     */
    void openAdmin(boolean serving) throws IOException {
        if (config.adminPort() == 0) {
            return;
        }
        try {
            Readings readings = works.readings();
            admin.set(AdminServer.start(config.adminPort(), readings::page));
        } catch (IOException e) {
            if (!serving) {
                throw StartFailure.port(config.adminPort(), "BERTH_EDGE_ADMIN_PORT", e);
            }
            LOG.error("no metrics: admin port {}: {}", config.adminPort(), e.getMessage());
        }
    }

    /** Answers successors and says that it is us who serve. */
    void awaitSuccessors(Elder elder, HandoverServer.Patience patience) {
        try {
            handover.set(
                    HandoverServer.listen(
                            config.handoverSocket(), works.id(), works.group(), elder, patience));
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "no other edge can take over from this one ({}): an upgrade will need a restart",
                    e.getMessage());
        }
        PidFile.write(config.directory().resolve("serving"));
    }

    /** The admin port; 0 when there is none. */
    int adminPort() {
        AdminServer server = admin.get();
        return server == null ? 0 : server.port();
    }

    /** Leaves it to a successor. */
    void leave() {
        works.link().leaveToSuccessor();
        HandoverServer successors = handover.getAndSet(null);
        if (successors != null) {
            successors.close();
        }
        closeAdmin();
    }

    /** Takes no more successors: nobody listens there any more. */
    void refuseSuccessors() {
        HandoverServer successors = handover.getAndSet(null);
        if (successors != null) {
            successors.closeAndDelete();
        }
    }

    void closeAdmin() {
        AdminServer server = admin.getAndSet(null);
        if (server != null) {
            server.close();
        }
    }
}

package dev.berth.proxy;

import dev.berth.proxy.app.Apps;
import dev.berth.proxy.control.Applied;
import dev.berth.proxy.limit.ConnectionCaps;
import dev.berth.proxy.limit.MemoryBudget;
import dev.berth.proxy.limit.OpenStreams;
import dev.berth.proxy.limit.UnreadBudget;
import dev.berth.proxy.listen.Connections;
import dev.berth.proxy.observe.Counters;
import dev.berth.proxy.observe.HandshakeCounters;
import dev.berth.proxy.observe.MetricsPage;
import dev.berth.proxy.routing.Router;
import dev.berth.proxy.tls.TlsContexts;
import dev.berth.schemas.edge.Route;
import dev.berth.telemetry.intake.AccessLog;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an edge tells of itself: everything that counts. Thread-safe.
 *
 * @param counters of each event loop
 */
record Readings(
        List<Counters> counters,
        HandshakeCounters handshakes,
        Connections connections,
        ConnectionCaps caps,
        OpenStreams streams,
        AccessLog accessLog,
        MemoryBudget memory,
        UnreadBudget unread,
        Router router,
        Applied applied,
        Apps apps,
        TlsContexts tls) {

    /** The Prometheus page. */
    String page() {
        forgetApps();
        Map<String, Long> held = new HashMap<>();
        apps.all().forEach((app, state) -> held.put(app, (long) state.held().count()));
        return MetricsPage.of(
                counters,
                handshakes,
                new MetricsPage.Gauges(
                        connections.count(),
                        connections.accepted(),
                        caps.refused(),
                        streams.open(),
                        streams.refused(),
                        connections.headersRefused(),
                        accessLog.dropped(),
                        memory.taken(),
                        router.leftOut(),
                        unread.taken(),
                        unread.givenUp()),
                new MetricsPage.Serving(
                        applied.state().version(),
                        applied.appliedAt(),
                        applied.applied(),
                        applied.refused()),
                new MetricsPage.Parts(router.inFlight(), held, tls.expiries()));
    }

    /** What is counted of an app is shown for as long as it has a route. */
    private void forgetApps() {
        Set<String> routed = new HashSet<>();
        for (Route route : applied.state().routes().routes()) {
            if (route.app() != null) {
                routed.add(route.app());
            }
        }
        counters.forEach(loop -> loop.retain(routed));
    }
}

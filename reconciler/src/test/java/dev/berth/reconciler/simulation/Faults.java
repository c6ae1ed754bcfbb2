package dev.berth.reconciler.simulation;

import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What goes wrong with calls to engine and edge. */
final class Faults {
    private final List<EngineCall> failing = new ArrayList<>();
    private final List<EngineCall> losing = new ArrayList<>();
    private final List<Call> lost = new ArrayList<>();
    private int routesLost;
    private Duration latency = Duration.ZERO;

    void failNext(EngineCall call) {
        failing.add(call);
    }

    /** Calls of that kind about that fail until faults stop. */
    void failAll(EngineCall call, String subject) {
        lost.add(Call.of(call, subject));
    }

    void loseAnswerOfNext(EngineCall call) {
        losing.add(call);
    }

    void loseAnswerOfNextRoutes() {
        routesLost++;
    }

    void latency(Duration each) {
        latency = each;
    }

    Duration latency() {
        return latency;
    }

    /** From now on nothing goes wrong. */
    void stop() {
        failing.clear();
        losing.clear();
        lost.clear();
        routesLost = 0;
        latency = Duration.ZERO;
    }

    void before(Call call) throws Transient {
        EngineCall kind = call.engine();
        if (lost.contains(call) || (kind != null && failing.remove(kind))) {
            throw unavailable("fails");
        }
    }

    void after(Call call) throws Transient {
        EngineCall kind = call.engine();
        if (kind != null && losing.remove(kind)) {
            throw unavailable("has its effect, and its answer is lost");
        }
        if (kind == null && call.write() && routesLost > 0) {
            routesLost--;
            throw new Transient(ReasonCode.EdgeUnavailable, "the edge did not answer in time");
        }
    }

    private static Transient unavailable(String how) {
        return new Transient(ReasonCode.EngineUnavailable, "the call " + how);
    }
}

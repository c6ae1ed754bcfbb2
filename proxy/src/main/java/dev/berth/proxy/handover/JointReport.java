package dev.berth.proxy.handover;

import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.EdgeReport.InFlight;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What an edge and its elder say with one voice: control must not stop a container, or put an app
 * to sleep, that only the elder still uses, nor take a snapshot for served that the elder has not
 * seen. Pure.
 */
final class JointReport {
    private JointReport() {}

    /**
     * The report of both.
     *
     * @param elderAnswers false when it has been silent for so long that it may be stuck: then no
     *     snapshot waits for it
     */
    static EdgeReport of(EdgeReport own, EdgeReport elder, boolean elderAnswers) {
        return new EdgeReport(
                own.edge(),
                elderAnswers ? Math.min(own.version(), seen(elder)) : own.version(),
                own.rejected(),
                own.routes(),
                inFlight(own, elder),
                own.probes(),
                Stream.concat(own.wake().stream(), elder.wake().stream()).distinct().toList(),
                idle(own.idle(), elder.idle()),
                own.problem());
    }

    /** An elder of another build may refuse what its successor serves, and would do so forever. */
    private static long seen(EdgeReport elder) {
        return elder.rejected() == null
                ? elder.version()
                : Math.max(elder.version(), elder.rejected().version());
    }

    private static List<InFlight> inFlight(EdgeReport own, EdgeReport elder) {
        Map<String, InFlight> sums = new TreeMap<>();
        Stream.of(own, elder)
                .flatMap(report -> report.inFlight().stream())
                .forEach(count -> sums.merge(key(count.backend()), count, JointReport::sum));
        return List.copyOf(sums.values());
    }

    private static String key(Backend backend) {
        return backend.toString();
    }

    private static InFlight sum(InFlight one, InFlight other) {
        return new InFlight(
                one.backend(), one.requests() + other.requests(), one.streams() + other.streams());
    }

    private static Map<String, Duration> idle(
            Map<String, Duration> own, Map<String, Duration> elder) {
        Map<String, Duration> least = new TreeMap<>(own);
        elder.forEach((app, idle) -> least.merge(app, idle, (a, b) -> a.compareTo(b) <= 0 ? a : b));
        return least;
    }
}

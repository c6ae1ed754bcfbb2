package dev.berth.proxy.observe;

import dev.berth.proxy.http.TlsFacts;
import dev.berth.proxy.observe.Exposition.MetricType;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** TLS handshakes so far. Thread-safe; costs nothing beside a handshake. */
public final class HandshakeCounters {
    private final ConcurrentMap<Done, LongAdder> done = new ConcurrentHashMap<>();
    private final ConcurrentMap<Reason, LongAdder> failed = new ConcurrentHashMap<>();

    /** None yet. */
    public HandshakeCounters() {}

    /** Why a handshake came to nothing. */
    public enum Reason {
        /** It took too long. */
        Timeout,
        /** What came was no TLS. */
        NotTls,
        /** The client went away. */
        Closed,
        /** The two found nothing in common, or the client refused. */
        Refused
    }

    private record Done(String version, String resumed) {}

    /** One has succeeded. */
    public void succeeded(TlsFacts facts) {
        String resumed = facts.resumed() == null ? "unknown" : facts.resumed().toString();
        done.computeIfAbsent(new Done(facts.version(), resumed), _ -> new LongAdder()).increment();
    }

    /** One has failed. */
    public void failed(Reason reason) {
        failed.computeIfAbsent(reason, _ -> new LongAdder()).increment();
    }

    void write(Exposition page) {
        page.family(
                "berth_edge_tls_handshakes_total", MetricType.Counter, "TLS handshakes completed.");
        Map<String, Runnable> sorted = new TreeMap<>();
        done.forEach(
                (what, count) ->
                        sorted.put(
                                what.toString(),
                                () ->
                                        page.sample(
                                                count.sum(),
                                                "version",
                                                what.version(),
                                                "resumed",
                                                what.resumed())));
        sorted.values().forEach(Runnable::run);
        page.family(
                "berth_edge_tls_failures_total", MetricType.Counter, "TLS handshakes that failed.");
        for (Reason reason : Reason.values()) {
            LongAdder count = failed.get(reason);
            page.sample(count == null ? 0 : count.sum(), "reason", word(reason));
        }
    }

    private static String word(Reason reason) {
        return switch (reason) {
            case Timeout -> "timeout";
            case NotTls -> "not_tls";
            case Closed -> "closed";
            case Refused -> "refused";
        };
    }
}

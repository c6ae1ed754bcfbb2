package dev.berth.proxy.probe;

import dev.berth.schemas.edge.EdgeReport.ProbeResult;
import dev.berth.schemas.edge.Probe;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs the probes of the newest snapshot, each on a virtual thread of its own, and remembers how
 * each stands. A probe that is listed again unchanged goes on with its counts. Thread-safe.
 */
public final class Prober implements AutoCloseable {
    private final Runnable onAnswer;
    private final Object lock = new Object();
    private final Map<String, Running> running = new HashMap<>();

    /**
     * Probes nothing yet.
     *
     * @param onAnswer called after each answer, on the probe's thread; must not block
     */
    public Prober(Runnable onAnswer) {
        this.onAnswer = onAnswer;
    }

    /** Runs these from now on, and no others. */
    public void replace(List<Probe> probes) {
        synchronized (lock) {
            Map<String, Probe> wanted = new HashMap<>();
            probes.forEach(probe -> wanted.put(probe.id(), probe));
            running.values()
                    .removeIf(
                            runner -> {
                                boolean gone = !runner.probe.equals(wanted.get(runner.probe.id()));
                                if (gone) {
                                    runner.thread.interrupt();
                                }
                                return gone;
                            });
            wanted.forEach((id, probe) -> running.computeIfAbsent(id, _ -> new Running(probe)));
        }
    }

    /** The latest of each probe that has answered at least once. */
    public List<ProbeResult> results() {
        synchronized (lock) {
            return running.values().stream()
                    .map(runner -> runner.result)
                    .filter(Objects::nonNull)
                    .sorted(Comparator.comparing(ProbeResult::id))
                    .toList();
        }
    }

    @Override
    public void close() {
        replace(List.of());
    }

    /** A probe that runs until it is interrupted. */
    private final class Running {
        private final Probe probe;
        private final Thread thread;
        private volatile @Nullable ProbeResult result;

        Running(Probe probe) {
            this.probe = probe;
            this.thread =
                    Thread.ofVirtual().name("probe-" + probe.id()).start(this::probeUntilStopped);
        }

        private void probeUntilStopped() {
            int attempts = 0;
            int passes = 0;
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    ProbeAnswer answer = ProbeRequest.send(probe);
                    attempts++;
                    passes = answer.passed() ? passes + 1 : 0;
                    result = new ProbeResult(probe.id(), attempts, passes, answer.text());
                    onAnswer.run();
                    Thread.sleep(probe.interval());
                }
            } catch (InterruptedException e) {
                // the snapshot no longer lists it
            }
        }
    }
}

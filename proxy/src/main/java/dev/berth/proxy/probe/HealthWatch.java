package dev.berth.proxy.probe;

import dev.berth.proxy.routing.BackendLoad;
import dev.berth.proxy.routing.HealthCheck;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Probe;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks backends for as long as they serve, each on a virtual thread of its own, and takes those
 * out that fail. A check that stays goes on with its counts. Thread-safe.
 */
public final class HealthWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthWatch.class);

    private final Object lock = new Object();
    private final Map<BackendLoad, Running> running = new HashMap<>();

    /** Runs these from now on, and no others. */
    public void replace(List<HealthCheck> checks) {
        synchronized (lock) {
            Map<BackendLoad, Policy.Health> wanted = new HashMap<>();
            checks.forEach(check -> wanted.put(check.backend(), check.how()));
            running.values()
                    .removeIf(
                            runner -> {
                                boolean gone = !runner.how.equals(wanted.get(runner.backend));
                                if (gone) {
                                    runner.stop();
                                }
                                return gone;
                            });
            wanted.forEach(
                    (backend, how) ->
                            running.computeIfAbsent(backend, _ -> new Running(how, backend)));
        }
    }

    @Override
    public void close() {
        replace(List.of());
    }

    /** A check that runs until it is stopped. */
    private static final class Running {
        private final Policy.Health how;
        private final BackendLoad backend;
        private final Thread thread;
        private boolean stopped;

        Running(Policy.Health how, BackendLoad backend) {
            this.how = how;
            this.backend = backend;
            this.thread =
                    Thread.ofVirtual().name("health-" + backend.backend()).unstarted(this::run);
            thread.start();
        }

        synchronized void stop() {
            stopped = true;
            backend.health().unchecked();
            thread.interrupt();
        }

        private void run() {
            Probe probe =
                    new Probe(
                            "health",
                            backend.backend(),
                            how.path(),
                            true,
                            how.host(),
                            how.interval(),
                            how.timeout());
            String last = "";
            try {
                while (true) {
                    Thread.sleep(how.interval());
                    ProbeAnswer answer = ProbeRequest.send(probe);
                    if (!tell(answer)) {
                        return;
                    }
                    if (!answer.passed() && !answer.text().equals(last)) {
                        LOG.warn("check of {}: {}", backend.backend(), answer.text());
                    }
                    last = answer.passed() ? "" : answer.text();
                }
            } catch (InterruptedException e) {
                // it is no longer wanted
            }
        }

        private synchronized boolean tell(ProbeAnswer answer) {
            if (!stopped) {
                backend.health().checked(answer.passed(), how.failures());
            }
            return !stopped;
        }
    }
}

package dev.berth.schemas.edge;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A readiness probe that the edge runs as long as the snapshot lists it.
 *
 * @param id names the probe in reports; a new candidate gets a new id
 * @param path asked by GET; {@code null} = only connect (TCP)
 * @param strict true counts 2xx and 3xx as pass; false 401 and 404 too
 * @param host value of the Host header
 * @param interval time between two probes
 * @param timeout time one probe may take
 */
public record Probe(
        String id,
        Backend backend,
        @Nullable String path,
        boolean strict,
        String host,
        Duration interval,
        Duration timeout) {
    public Probe {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(interval, "interval");
        Objects.requireNonNull(timeout, "timeout");
    }
}

package dev.berth.reconciler.status;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One pass in a list of passes.
 *
 * @param revision {@code main@sha1:<40 hex>}; empty when no revision could be read
 * @param author who made that commit; {@code null} when not known
 * @param changes how many changes were carried out or tried
 * @param failed how many of them did not end well
 * @param problems how many problems the whole repo had
 * @param epoch the stamp by which the Berth wrote that made it; {@code null} when not known
 */
public record PassSummary(
        String id,
        String trigger,
        String revision,
        @Nullable String author,
        Instant startedAt,
        Duration duration,
        int changes,
        int failed,
        int problems,
        @Nullable Long epoch) {}

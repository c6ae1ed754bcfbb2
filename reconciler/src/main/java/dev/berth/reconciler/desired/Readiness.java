package dev.berth.reconciler.desired;

import java.time.Duration;
import java.util.List;

/**
 * When a new container counts as ready.
 *
 * @param interval time between two probes
 * @param timeout time one probe may take
 * @param deadline time from the first look at the started container; of several containers, each is
 *     looked at when the one before it is ready
 */
public record Readiness(Check check, Duration interval, Duration timeout, Duration deadline) {
    /** When nothing at all was said. */
    public static final Readiness DEFAULT =
            new Readiness(
                    new Automatic(),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(120));

    /** The same, asked at this interval if it is shorter. */
    public Readiness every(Duration other) {
        return other.compareTo(interval) < 0
                ? new Readiness(check, other, timeout, deadline)
                : this;
    }

    /** What is asked. */
    public sealed interface Check {}

    /** The edge GETs a path; 2xx and 3xx pass. */
    public record Http(String path) implements Check {}

    /** The edge connects to the port. */
    public record Tcp() implements Check {}

    /** A command in the container exits with 0. */
    public record CommandSucceeds(List<String> words) implements Check {
        public CommandSucceeds {
            words = List.copyOf(words);
        }
    }

    /**
     * Nothing was said: the image's HEALTHCHECK if it has one; else, with a port, the edge GETs
     * {@code /} and 401 and 404 pass too; else the container must have run for {@link #UPTIME}.
     */
    public record Automatic() implements Check {
        public static final Duration UPTIME = Duration.ofSeconds(5);
    }
}

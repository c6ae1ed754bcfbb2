package dev.berth.proxy.control;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one half of the link is doing: says so in the log when it changes, not at each attempt, and
 * how long to wait after a failure (0.2 s, doubling to 2 s). One thread.
 */
final class LinkState {
    private static final Logger LOG = LoggerFactory.getLogger(LinkState.class);
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final String what;
    private String lastFailure = "";
    private Duration delay = Duration.ZERO;

    LinkState(String what) {
        this.what = what;
    }

    /** An attempt worked; true if the one before had not. */
    boolean works() {
        boolean recovered = !lastFailure.isEmpty();
        if (recovered) {
            LOG.info("{}: control answers again", what);
        }
        lastFailure = "";
        delay = Duration.ZERO;
        return recovered;
    }

    /** An attempt failed; the time to wait before the next one. */
    Duration fails(String why) {
        if (!why.equals(lastFailure)) {
            LOG.warn("{}: {}; traffic is not affected, trying again", what, why);
            lastFailure = why;
        }
        Duration doubled = delay.isZero() ? FIRST : delay.multipliedBy(2);
        delay = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return delay;
    }
}

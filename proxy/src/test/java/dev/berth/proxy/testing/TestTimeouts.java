package dev.berth.proxy.testing;

import dev.berth.proxy.limit.Timeouts;
import java.time.Duration;

/** Limits short enough to be waited for. */
public final class TestTimeouts {
    private TestTimeouts() {}

    /** Every limit of what a peer does is 300 ms; the pool and the drain keep theirs. */
    public static Timeouts quick() {
        return of(Duration.ofMillis(300));
    }

    /** The same with another limit, for what must not meet it by chance. */
    public static Timeouts of(Duration quick) {
        return new Timeouts(
                quick,
                quick,
                quick,
                quick,
                quick,
                quick,
                quick,
                quick,
                Timeouts.DEFAULT.upstreamIdle(),
                quick,
                Duration.ofSeconds(5));
    }
}

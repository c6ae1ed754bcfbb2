package dev.berth.proxy.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Waits that do not say how long wait half a minute: other modules are built and tested on the same
 * processors, and only what goes wrong takes that long.
 */
public final class Patience implements BeforeAllCallback {
    private static final Duration MOST = Duration.ofSeconds(30);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(MOST);
    }
}

package dev.berth.reconciler.certificate;

import java.io.IOException;
import java.net.InetAddress;

/** Asks for an answer to a challenge as an authority does. Thread-safe. */
@FunctionalInterface
public interface SelfCheck {
    /**
     * What one address answers for a host.
     *
     * @return the start of the answer's body, or its status line when that is not 200
     * @throws IOException if nothing answers there
     */
    String ask(InetAddress address, String host, String token) throws IOException;
}

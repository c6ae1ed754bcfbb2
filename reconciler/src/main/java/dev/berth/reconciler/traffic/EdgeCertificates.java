package dev.berth.reconciler.traffic;

import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.Challenge;
import java.time.Duration;
import java.util.List;

/**
 * The certificates and answers to challenges that the edge is given. Each call replaces what was
 * given before of its kind, returns at once and publishes nothing when nothing is different from
 * what was given here. Thread-safe.
 *
 * <p>What is given has been checked: a key fits its certificate, and both can be read. The edge
 * leaves out what it can't use and says nothing.
 */
public interface EdgeCertificates {
    /**
     * Serve these and no others. Until then the edge keeps what it has, so that a control that
     * starts never takes away what the edge serves.
     */
    void serve(List<Certificate> all);

    /** Serve these, and keep what there is for names that none of these is for. */
    void serveAlso(List<Certificate> some);

    /** Answer these. */
    void answer(List<Challenge> all);

    /**
     * Waits until the edge has all that was given before this call.
     *
     * @return false when the deadline passed first, as it does when no edge is connected
     * @throws InterruptedException if the waiting thread is interrupted
     */
    boolean awaitServed(Duration deadline) throws InterruptedException;
}

package dev.berth.reconciler.traffic;

import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.Challenge;
import java.time.Duration;
import java.util.List;

/**
 * The certificates and answers to challenges that the edge is given. Both calls replace all that
 * was given before, return at once and publish nothing when nothing is different from what was
 * given here. Thread-safe.
 *
 * <p>What is given has been checked: a key fits its certificate, and both can be read. The edge
 * leaves out what it can't use and says nothing.
 */
public interface EdgeCertificates {
    /**
     * Serve these. Until the first call the edge is told nothing at all, so that a control that
     * starts never takes away what the edge serves.
     */
    void serve(List<Certificate> all);

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

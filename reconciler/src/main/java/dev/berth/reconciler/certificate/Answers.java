package dev.berth.reconciler.certificate;

import dev.berth.reconciler.traffic.EdgeCertificates;
import dev.berth.schemas.edge.Challenge;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the edge answers to authorities: the answers of all orders under way, given to it as a
 * whole. Thread-safe.
 */
final class Answers {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final EdgeCertificates edge;

    // Guarded by this.
    private final SortedMap<String, String> answers = new TreeMap<>();

    Answers(EdgeCertificates edge) {
        this.edge = edge;
    }

    /**
     * Returns once the edge answers it. Whoever had that removes it; when this throws, there is
     * nothing to remove.
     */
    void put(String token, String answer) throws IssuingException, InterruptedException {
        synchronized (this) {
            answers.put(token, answer);
            publish();
        }
        boolean taken = false;
        try {
            taken = edge.awaitServed(PATIENCE);
        } finally {
            if (!taken) {
                remove(token);
            }
        }
        if (!taken) {
            throw new IssuingException(
                    Setback.Kind.EDGE,
                    "the edge did not take the answer to the challenge; is it running?");
        }
    }

    synchronized void remove(String token) {
        answers.remove(token);
        publish();
    }

    private void publish() {
        edge.answer(
                answers.entrySet().stream()
                        .map(each -> new Challenge(each.getKey(), each.getValue()))
                        .toList());
    }
}

package dev.berth.reconciler.certificate;

import dev.berth.reconciler.certificate.RenewalTime.Window;
import java.net.URI;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * An account at a certificate authority that speaks ACME (RFC 8555). Each call asks it, with
 * deadlines, and throws {@link IssuingException} when it does not answer or refuses. Thread-safe;
 * an order is for one thread.
 */
public interface Authority {
    /** A clock that is no further from an authority's than that counts as right. */
    Duration CLOCKS_AGREE = Duration.ofMinutes(5);

    /**
     * What it says of itself.
     *
     * @param caaIdentities how CAA records name it; empty = it does not say
     */
    record Terms(Set<String> caaIdentities) {
        public Terms {
            caaIdentities = Set.copyOf(caaIdentities);
        }
    }

    /**
     * When a certificate is best renewed (RFC 9773).
     *
     * @param window {@code null} = it does not say
     * @param again when to ask again; {@code null} = it does not say
     */
    record Advice(@Nullable Window window, @Nullable Instant again) {}

    Terms terms() throws IssuingException;

    /** How much this host's clock is ahead of its own; {@code null} = it can't be told. */
    @Nullable Duration ahead() throws IssuingException;

    /**
     * Places an order.
     *
     * @param replaces the certificate that it renews; {@code null} = none
     */
    Order order(SortedSet<String> names, @Nullable String profile, @Nullable Held replaces)
            throws IssuingException;

    /** An order placed before; {@code null} when the authority does not know it any more. */
    @Nullable Order resume(URI url) throws IssuingException;

    Advice advice(Held held) throws IssuingException;

    /**
     * Says that a certificate, in PEM, was replaced and counts no more; also of one that is
     * revoked.
     */
    void revoke(String chain) throws IssuingException;

    /** How far an order is (RFC 8555 section 7.1.6). */
    enum Progress {
        PENDING,
        READY,
        PROCESSING,
        VALID,
        INVALID
    }

    /**
     * What is to be shown for a host.
     *
     * @param host without {@code *.}
     * @param name the token, or the name of the record with the dot at its end
     * @param value what stands there
     */
    record Proof(String host, String name, String value) {}

    /** One order. */
    interface Order {
        /** Where it can be asked for, also by the next process. */
        URI url();

        /** As it was when the authority was asked last. */
        Progress progress();

        /** What is still to be shown. */
        List<Proof> proofs(Wanted.Method method) throws IssuingException;

        /** Says that it can be looked at now; harmless when said before. */
        void offer(Proof proof) throws IssuingException;

        /**
         * Asks how far it is.
         *
         * @return when to ask again; {@code null} = the authority does not say
         * @throws IssuingException also when a host could not be validated; names it
         */
        @Nullable Instant refresh() throws IssuingException;

        /** Asks for the certificate of that key. */
        void finish(KeyPair key) throws IssuingException;

        /** The certificate and those above it, in PEM. */
        String chain() throws IssuingException;
    }
}

package dev.berth.reconciler.certificate;

import java.io.IOException;
import java.security.KeyPair;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where keys and certificates are kept over restarts. Thread-safe. */
public interface CertificateShelf {
    /**
     * All that is kept.
     *
     * @throws IOException if it can't be told what is kept
     */
    Kept kept() throws IOException;

    /**
     * What is kept.
     *
     * @param whole false when there is more, which can't be read
     */
    record Kept(List<Held> held, boolean whole) {
        public Kept {
            held = List.copyOf(held);
        }
    }

    /** In the place of the one before it. */
    void put(Held held) throws IOException;

    void remove(CertificateId id) throws IOException;

    /**
     * The key of an account; made and kept when there is none.
     *
     * @throws IOException if it can't be read or kept: no other is made then
     */
    KeyPair account(Issuer issuer) throws IOException;

    /** The key of an order under way; {@code null} = there is none. */
    @Nullable KeyPair pending(CertificateId id) throws IOException;

    /** Keeps it, or none. */
    void pending(CertificateId id, @Nullable KeyPair key) throws IOException;
}

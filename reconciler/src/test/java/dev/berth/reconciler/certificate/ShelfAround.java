package dev.berth.reconciler.certificate;

import java.io.IOException;
import java.security.KeyPair;
import org.jspecify.annotations.Nullable;

/** A shelf that does what another does, but for what a test wants otherwise. */
interface ShelfAround extends CertificateShelf {
    CertificateShelf shelf();

    @Override
    default Kept kept() throws IOException {
        return shelf().kept();
    }

    @Override
    default void put(Held held) throws IOException {
        shelf().put(held);
    }

    @Override
    default void remove(CertificateId id) throws IOException {
        shelf().remove(id);
    }

    @Override
    default KeyPair account(Issuer issuer) throws IOException {
        return shelf().account(issuer);
    }

    @Override
    default @Nullable KeyPair pending(CertificateId id) throws IOException {
        return shelf().pending(id);
    }

    @Override
    default void pending(CertificateId id, @Nullable KeyPair key) throws IOException {
        shelf().pending(id, key);
    }
}

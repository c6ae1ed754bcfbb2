package dev.berth.reconciler.certificate.kept;

import dev.berth.reconciler.certificate.CertificateId;
import dev.berth.reconciler.certificate.CertificateKeys;
import dev.berth.reconciler.certificate.CertificateShelf;
import dev.berth.reconciler.certificate.Held;
import dev.berth.reconciler.certificate.Issuer;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretStore;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shelf of encrypted files: {@code acme_certificate_<id>}, {@code acme_account_<hash>} and {@code
 * acme_pending_<id>}. Without a store it keeps all in memory, as on a disk that takes nothing.
 * Thread-safe.
 */
public final class SealedShelf implements CertificateShelf {
    private static final Logger LOG = LoggerFactory.getLogger(SealedShelf.class);
    private static final String CERTIFICATE = "acme_certificate_";
    private static final String ACCOUNT = "acme_account_";
    private static final String PENDING = "acme_pending_";

    private final @Nullable SecretStore store;

    // Guarded by this; what is there without a store.
    private final Map<String, Secret> memory = new HashMap<>();

    /**
     * One of this store.
     *
     * @param store used by no other thread; {@code null} = none
     */
    public SealedShelf(@Nullable SecretStore store) {
        this.store = store;
    }

    @Override
    public synchronized Kept kept() throws IOException {
        List<Held> all = new ArrayList<>();
        boolean whole = true;
        for (String name : store == null ? memory.keySet() : store.names()) {
            if (!name.startsWith(CERTIFICATE)) {
                continue;
            }
            try {
                all.add(Json.read(get(name).orElseThrow().text(), Held.class));
            } catch (IOException | RuntimeException e) {
                LOG.warn("a certificate is ordered anew, {} can't be read: {}", name, e.toString());
                whole = false;
            }
        }
        return new Kept(all, whole);
    }

    @Override
    public synchronized void put(Held held) throws IOException {
        put(CERTIFICATE + held.id(), Json.write(held));
    }

    @Override
    public synchronized void remove(CertificateId id) throws IOException {
        drop(CERTIFICATE + id);
    }

    @Override
    public synchronized KeyPair account(Issuer issuer) throws IOException {
        String name = ACCOUNT + issuer.account();
        KeyPair kept = key(name);
        if (kept != null) {
            return kept;
        }
        KeyPair made = CertificateKeys.generate();
        put(name, CertificateKeys.write(made));
        return made;
    }

    @Override
    public synchronized @Nullable KeyPair pending(CertificateId id) throws IOException {
        return key(PENDING + id);
    }

    @Override
    public synchronized void pending(CertificateId id, @Nullable KeyPair key) throws IOException {
        if (key == null) {
            drop(PENDING + id);
        } else {
            put(PENDING + id, CertificateKeys.write(key));
        }
    }

    private @Nullable KeyPair key(String name) throws IOException {
        Secret value = get(name).orElse(null);
        try {
            return value == null ? null : CertificateKeys.read(value.text());
        } catch (IllegalArgumentException e) {
            throw new IOException(name + " holds no key; delete it to have another", e);
        }
    }

    private Optional<Secret> get(String name) throws IOException {
        return store == null ? Optional.ofNullable(memory.get(name)) : store.get(name);
    }

    private void put(String name, String text) throws IOException {
        if (store == null) {
            memory.put(name, Secret.of(text));
        } else {
            store.put(name, Secret.of(text));
        }
    }

    private void drop(String name) throws IOException {
        if (store == null) {
            memory.remove(name);
        } else {
            store.remove(name);
        }
    }
}

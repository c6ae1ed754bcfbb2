package dev.berth.reconciler.certificate.acme;

import dev.berth.reconciler.certificate.Authorities;
import dev.berth.reconciler.certificate.Authority;
import dev.berth.reconciler.certificate.CertificateShelf;
import dev.berth.reconciler.certificate.Issuer;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Authorities that speak ACME, one connection pool for each account. Thread-safe. */
public final class AcmeAuthorities implements Authorities {
    private final CertificateShelf shelf;
    private final Function<SecretRef, @Nullable Secret> secrets;
    private final InstantSource clock;
    private final Map<Issuer, Authority> known = new ConcurrentHashMap<>();

    /**
     * Asks none yet.
     *
     * @param shelf has the keys of the accounts
     * @param secrets the value of a Secret; answers {@code null} while it is not known
     */
    public AcmeAuthorities(
            CertificateShelf shelf,
            Function<SecretRef, @Nullable Secret> secrets,
            InstantSource clock) {
        this.shelf = shelf;
        this.secrets = secrets;
        this.clock = clock;
    }

    @Override
    public Authority of(Issuer issuer) {
        return known.computeIfAbsent(issuer, _ -> new AcmeAuthority(issuer, shelf, secrets, clock));
    }
}

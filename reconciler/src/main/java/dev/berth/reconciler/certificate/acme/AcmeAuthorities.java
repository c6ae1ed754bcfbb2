package dev.berth.reconciler.certificate.acme;

import dev.berth.reconciler.certificate.Authorities;
import dev.berth.reconciler.certificate.Authority;
import dev.berth.reconciler.certificate.CertificateShelf;
import dev.berth.reconciler.certificate.Issuer;
import dev.berth.reconciler.notify.Reach;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Authorities that speak ACME, one connection pool for each account that was asked lately.
 * Thread-safe.
 */
public final class AcmeAuthorities implements Authorities {
    private static final int MOST_KNOWN = 16; // no more than a connection is lost with one

    private final CertificateShelf shelf;
    private final Function<SecretRef, @Nullable Secret> secrets;
    private final InstantSource clock;
    private final Reach reach;

    // Guarded by this; those asked lately last.
    private final SequencedMap<Issuer, Authority> known =
            new LinkedHashMap<>(MOST_KNOWN, 0.75f, true);

    /**
     * Asks none yet.
     *
     * @param shelf has the keys of the accounts
     * @param secrets the value of a Secret; answers {@code null} while it is not known
     * @param reach who may be asked at all
     */
    public AcmeAuthorities(
            CertificateShelf shelf,
            Function<SecretRef, @Nullable Secret> secrets,
            Reach reach,
            InstantSource clock) {
        this.shelf = shelf;
        this.secrets = secrets;
        this.reach = reach;
        this.clock = clock;
    }

    @Override
    public synchronized Authority of(Issuer issuer) {
        Authority found =
                known.computeIfAbsent(
                        issuer, _ -> new AcmeAuthority(issuer, shelf, secrets, reach, clock));
        if (known.size() > MOST_KNOWN) {
            known.pollFirstEntry();
        }
        return found;
    }
}

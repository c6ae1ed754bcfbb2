package dev.berth.liberty;

import dev.berth.reconciler.certificate.CertificateKeeper;
import dev.berth.reconciler.certificate.CertificateShelf;
import dev.berth.reconciler.certificate.Preflight;
import dev.berth.reconciler.certificate.acme.AcmeAuthorities;
import dev.berth.reconciler.certificate.dns.DnsProviders;
import dev.berth.reconciler.certificate.dns.Nameservers;
import dev.berth.reconciler.certificate.kept.SealedShelf;
import dev.berth.reconciler.certificate.lookup.DnsLookup;
import dev.berth.reconciler.certificate.lookup.OwnAddresses;
import dev.berth.reconciler.certificate.lookup.PortCheck;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.notify.HttpPost;
import dev.berth.reconciler.notify.OwnersReach;
import dev.berth.reconciler.notify.Reach;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretRoom;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.traffic.EdgeCertificates;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLSocketFactory;

/** Puts together who keeps hosts in certificates. */
final class CertificateWiring {
    private static final Duration DNS_WITHIN = Duration.ofSeconds(10);

    private final Environment environment;
    private final SecretRoom secrets;
    private final RandomGenerator random;
    private final Clockwork clock;

    /** Nothing is made yet. */
    CertificateWiring(
            Environment environment, SecretRoom secrets, RandomGenerator random, Clockwork clock) {
        this.environment = environment;
        this.secrets = secrets;
        this.random = random;
        this.clock = clock;
    }

    /**
     * A keeper that is not started.
     *
     * @param changed called with a host that stands otherwise
     */
    CertificateKeeper keeper(
            EdgeCertificates edge, Writership writership, Consumer<String> changed) {
        CertificateShelf shelf = new SealedShelf(secrets.certificates());
        Vault vault = secrets.vault();
        Path home = environment.home();
        Environment.Tls tls = environment.tls();
        Reach reach = new OwnersReach(home.resolve("keys").resolve("alert-servers"));
        return new CertificateKeeper(
                new CertificateKeeper.Means(
                        new AcmeAuthorities(shelf, vault::held, reach, clock),
                        edge,
                        shelf,
                        home.resolve("certificates.json"),
                        new Preflight(
                                new DnsLookup(tls.resolver()),
                                new PortCheck(tls.validationPort()),
                                new OwnAddresses(),
                                random),
                        writership,
                        writers(reach),
                        vault::held,
                        changed),
                random,
                clock);
    }

    /** Who may write records, anew for each config. */
    private CertificateKeeper.DnsWriters writers(Reach reach) {
        DnsProviders.Tools tools =
                new DnsProviders.Tools(
                        HttpClient.newBuilder().connectTimeout(DNS_WITHIN).build(),
                        new HttpPost(
                                DNS_WITHIN,
                                reach,
                                (SSLSocketFactory) SSLSocketFactory.getDefault()),
                        environment.home().resolve("keys").resolve("dns"),
                        new Nameservers(environment.tls().resolver(), clock),
                        clock);
        return accesses -> {
            DnsProviders providers =
                    DnsProviders.of(
                            accesses,
                            from -> secrets.vault().held(new SecretRef(from.secret(), from.key())),
                            tools);
            return host -> {
                DnsProviders.Provider by = providers.forHost(host);
                return by == null
                        ? null
                        : new CertificateKeeper.Writer(by.records(), by.propagation());
            };
        };
    }
}

package dev.berth.reconciler.certificate;

import dev.berth.reconciler.certificate.acme.AcmeAuthorities;
import dev.berth.reconciler.certificate.kept.SealedShelf;
import dev.berth.reconciler.certificate.lookup.DnsLookup;
import dev.berth.reconciler.certificate.lookup.PortCheck;
import dev.berth.reconciler.certificate.testing.FakeEdge;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.lease.Standing;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretKeys;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretStore;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A keeper with a real shelf and a real way to its authority, an edge of which little is real. */
final class KeeperRig implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final FakeEdge edge = edge();
    final ShiftedClockwork clock = new ShiftedClockwork();
    final AtomicInteger writersMade = new AtomicInteger();
    final List<String> changed = new CopyOnWriteArrayList<>();
    final Map<SecretRef, Secret> secrets = new ConcurrentHashMap<>();
    private final Path home;
    private final @Nullable InetSocketAddress dns;
    private final FakeAuthority authority = new FakeAuthority(clock);
    private volatile Standing standing = new Standing.Writer(1);
    private final Set<String> astray = ConcurrentHashMap.newKeySet();
    private volatile @Nullable InetAddress outside;
    private boolean clocksDiffer;
    private UnaryOperator<CertificateShelf> shelves = UnaryOperator.identity();
    private UnaryOperator<Authorities> authorities = UnaryOperator.identity();
    private @Nullable CertificateKeeper keeper;
    private CertificateKeeper.Config config =
            new CertificateKeeper.Config(List.of(), false, Preflight.Way.UNKNOWN, _ -> null);

    /** One of real authorities. */
    KeeperRig(Path home, InetSocketAddress dns) {
        this.home = home;
        this.dns = dns;
    }

    /** One of an authority in memory, that finds all hosts to be here. */
    KeeperRig(Path home) {
        this.home = home;
        this.dns = null;
    }

    /** The one in memory. */
    FakeAuthority authority() {
        return authority;
    }

    /** This Berth writes from now on, or another does. */
    void stand(Standing now) {
        standing = now;
    }

    private static FakeEdge edge() {
        try {
            return FakeEdge.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The keeper's clock is wrong by that, and the authority's is not; else both are the same. */
    void wrongClock(Duration by) {
        clocksDiffer = true;
        clock.set(by);
    }

    /** Hosts that have no address. */
    Set<String> astray() {
        return astray;
    }

    /** All hosts have that address, at which nothing answers from inside. */
    void behindNat(InetAddress at) {
        outside = at;
    }

    private String ask(String token) throws IOException {
        if (outside != null) {
            throw new ConnectException("timed out");
        }
        return token;
    }

    /** A shelf on which a test does something. */
    void shelf(UnaryOperator<CertificateShelf> around) {
        shelves = around;
    }

    /** Authorities with which a test does something. */
    void authorities(UnaryOperator<Authorities> around) {
        authorities = around;
    }

    private final HostLookup ofMemory =
            new HostLookup() {
                @Override
                public List<InetAddress> addresses(String host) {
                    InetAddress other = outside;
                    return astray.contains(host)
                            ? List.of()
                            : List.of(other == null ? InetAddress.getLoopbackAddress() : other);
                }

                @Override
                public List<Caa> caa(String host) {
                    return List.of();
                }
            };

    private final Writership writership =
            new Writership() {
                @Override
                public Standing of(String instance) {
                    return standing;
                }

                @Override
                public Standing now() {
                    return standing;
                }

                @Override
                public Duration undecidedFor() {
                    return Duration.ZERO;
                }
            };

    /** A new process, that has what the one before left on disk. */
    CertificateKeeper start() throws IOException {
        stop();
        SecureRandom random = new SecureRandom();
        CertificateShelf shelf = shelves.apply(shelf(random));
        CertificateKeeper made =
                new CertificateKeeper(
                        new CertificateKeeper.Means(
                                authorities.apply(
                                        dns == null
                                                ? authority
                                                : new AcmeAuthorities(
                                                        shelf,
                                                        secrets::get,
                                                        _ -> {},
                                                        clocksDiffer
                                                                ? clock
                                                                : InstantSource.system())),
                                edge,
                                shelf,
                                home.resolve("certificates.json"),
                                dns == null
                                        ? new Preflight(
                                                ofMemory,
                                                (_, _, token) -> ask(token),
                                                Set::of,
                                                random)
                                        : new Preflight(
                                                new DnsLookup(dns),
                                                new PortCheck(edge.port()),
                                                Set::of,
                                                random),
                                writership,
                                _ -> {
                                    writersMade.incrementAndGet();
                                    return _ -> null;
                                },
                                secrets::get,
                                changed::add),
                        random,
                        clock);
        keeper = made;
        made.follow(config);
        made.start();
        return made;
    }

    private CertificateShelf shelf(SecureRandom random) throws IOException {
        return new SealedShelf(new SecretStore(home, SecretKeys.open(home, random), random));
    }

    /** The key of an account, as it is kept. */
    PublicKey accountKey(Issuer issuer) throws IOException {
        return shelf(new SecureRandom()).account(issuer).getPublic();
    }

    /**
     * A new process, which finds all certificates to be older by that: no real authority can be
     * made to live so much later.
     */
    CertificateKeeper startWithOlder(Duration by) throws IOException {
        stop();
        CertificateShelf shelf = shelf(new SecureRandom());
        for (Held each : shelf.kept().held()) {
            shelf.put(
                    new Held(
                            each.names(),
                            each.directory(),
                            each.profile(),
                            each.issuer(),
                            each.chain(),
                            each.key(),
                            each.notBefore().minus(by),
                            each.notAfter().minus(by),
                            each.obtainedAt().minus(by)));
        }
        return start();
    }

    void stop() {
        CertificateKeeper running = keeper;
        if (running != null) {
            running.close();
        }
    }

    void want(Wanted... wanted) {
        follow(
                new CertificateKeeper.Config(
                        List.of(wanted), false, Preflight.Way.UNKNOWN, config.dns()));
    }

    void follow(CertificateKeeper.Config now) {
        config = now;
        CertificateKeeper running = keeper;
        if (running != null) {
            running.follow(now);
        }
    }

    CertificateKeeper.Config config() {
        return config;
    }

    /** How it stands with a host once that is so. */
    CertificateReading await(String host, Predicate<CertificateReading> so) {
        return Awaitility.await("reading of " + host)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(
                        () -> {
                            CertificateKeeper running = keeper;
                            return running == null ? null : running.now().of(host);
                        },
                        reading -> reading != null && so.test(reading));
    }

    CertificateReading awaitServed(String host) {
        return await(host, reading -> reading.served() && reading.reason() == null);
    }

    CertificateReading awaitFailure(String host) {
        return await(host, reading -> reading.reason() != null);
    }

    /** Time passes, and the keeper looks what is due. */
    void pass(Duration time) {
        clock.pass(time);
    }

    /** Of the authority in memory. */
    static Wanted.Ordered ordered(@Nullable Instant reissuedAt, String... hosts) {
        return new Wanted.Ordered(
                new TreeSet<>(List.of(hosts)),
                FakeAuthority.ISSUER,
                Wanted.Method.HTTP_01,
                null,
                reissuedAt);
    }

    static Wanted.Ordered ordered(String... hosts) {
        return ordered(null, hosts);
    }

    static Wanted.Ordered http(URI directory, String trust, String... hosts) {
        return ordered(Wanted.Method.HTTP_01, directory, trust, null, hosts);
    }

    static Wanted.Ordered ordered(
            Wanted.Method method,
            URI directory,
            String trust,
            @Nullable Instant reissuedAt,
            String... hosts) {
        return new Wanted.Ordered(
                new TreeSet<>(List.of(hosts)),
                new Issuer(directory, "ops@example.com", trust, null),
                method,
                null,
                reissuedAt);
    }

    @Override
    public void close() {
        stop();
        edge.close();
    }
}

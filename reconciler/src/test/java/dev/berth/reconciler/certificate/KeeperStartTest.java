package dev.berth.reconciler.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.certificate.kept.SealedShelf;
import dev.berth.reconciler.certificate.testing.FakeEdge;
import dev.berth.reconciler.certificate.testing.TestAuthority;
import dev.berth.reconciler.certificate.testing.TestAuthority.Issued;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.edge.Certificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a new process gives an edge that serves what the one before gave it. */
final class KeeperStartTest {
    private static final URI DIRECTORY = URI.create("https://ca.example.com/dir");
    private static final SecretRef CHAIN = new SecretRef("own", "chain");
    private static final SecretRef KEY = new SecretRef("own", "key");

    @TempDir private Path home;

    private final TestAuthority authority = new TestAuthority();
    private final ShiftedClockwork clock = new ShiftedClockwork();
    private final Map<SecretRef, Secret> secrets = new ConcurrentHashMap<>();
    private final List<Issuer> asked = new CopyOnWriteArrayList<>();
    private final BadDisk shelf = new BadDisk(new SealedShelf(null));
    private FakeEdge edge;
    private @Nullable CertificateKeeper keeper;

    @BeforeEach
    void begin() throws Exception {
        edge = FakeEdge.start();
    }

    @AfterEach
    void end() {
        CertificateKeeper running = keeper;
        if (running != null) {
            running.close();
        }
        edge.close();
    }

    /** A new process, and the first config that it reads. */
    private void start(Wanted... wanted) {
        CertificateKeeper made =
                new CertificateKeeper(
                        new CertificateKeeper.Means(
                                issuer -> {
                                    asked.add(issuer);
                                    throw new IllegalStateException("nobody is there");
                                },
                                edge,
                                shelf,
                                home.resolve("certificates.json"),
                                new Preflight(
                                        new NoHosts(), (_, _, _) -> "", Set::of, new Random(1)),
                                Writership.ALONE,
                                _ -> _ -> null,
                                secrets::get,
                                _ -> {}),
                        new Random(1),
                        clock);
        keeper = made;
        made.start();
        made.follow(
                new CertificateKeeper.Config(
                        List.of(wanted), false, Preflight.Way.UNKNOWN, _ -> null));
    }

    /** A shelf that can't always be read. */
    private static final class BadDisk implements CertificateShelf {
        private final CertificateShelf shelf;
        private final AtomicInteger reads = new AtomicInteger();
        private volatile boolean listed = true;
        private volatile Set<String> unread = Set.of();

        BadDisk(CertificateShelf shelf) {
            this.shelf = shelf;
        }

        /** Returns once it was tried to read it so often. */
        void awaitReads(int count) {
            Awaitility.await("reads").until(() -> reads.get() >= count);
        }

        @Override
        public Kept kept() throws IOException {
            reads.incrementAndGet();
            if (!listed) {
                throw new IOException("Input/output error");
            }
            List<Held> read =
                    shelf.kept().held().stream()
                            .filter(held -> Collections.disjoint(held.names(), unread))
                            .toList();
            return new Kept(read, unread.isEmpty());
        }

        @Override
        public void put(Held held) throws IOException {
            shelf.put(held);
        }

        @Override
        public void remove(CertificateId id) throws IOException {
            shelf.remove(id);
        }

        @Override
        public KeyPair account(Issuer issuer) throws IOException {
            return shelf.account(issuer);
        }

        @Override
        public @Nullable KeyPair pending(CertificateId id) throws IOException {
            return shelf.pending(id);
        }

        @Override
        public void pending(CertificateId id, @Nullable KeyPair key) throws IOException {
            shelf.pending(id, key);
        }
    }

    private record NoHosts() implements HostLookup {
        @Override
        public List<InetAddress> addresses(String host) {
            return List.of();
        }

        @Override
        public List<Caa> caa(String host) {
            return List.of();
        }
    }

    private Issued issue(String host) {
        Instant now = clock.instant();
        return authority.issue(
                List.of(host), now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(80)));
    }

    private Held held(String host) {
        Issued issued = issue(host);
        Instant now = clock.instant();
        return new Held(
                new TreeSet<>(List.of(host)),
                DIRECTORY,
                null,
                "Test",
                issued.chain(),
                issued.key(),
                now.minus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(80)),
                now.minus(Duration.ofDays(1)));
    }

    private static Wanted ordered(String host) {
        return new Wanted.Ordered(
                new TreeSet<>(List.of(host)),
                new Issuer(DIRECTORY, null, null, null),
                Wanted.Method.HTTP_01,
                null,
                null);
    }

    /** The hosts of each list that the edge was given, once it was given any. */
    private List<List<String>> given() {
        Awaitility.await("a list").until(() -> !edge.given().isEmpty());
        return edge.given().stream().map(KeeperStartTest::hosts).toList();
    }

    private static List<String> hosts(List<Certificate> given) {
        return given.stream().flatMap(each -> each.names().stream()).sorted().toList();
    }

    @Test
    void restart_beforeConfigIsRead_takesNoBroughtCertificateAway() throws Exception {
        shelf.put(held("ordered.test"));
        Issued own = issue("brought.test");
        secrets.put(CHAIN, Secret.of(own.chain()));
        secrets.put(KEY, Secret.of(own.key()));

        start(
                ordered("ordered.test"),
                new Wanted.Brought(new TreeSet<>(List.of("brought.test")), CHAIN, KEY));

        assertThat(given())
                .as("the edge has the list of the process before until all is known")
                .first()
                .isEqualTo(List.of("brought.test", "ordered.test"));
    }

    @Test
    void restart_shelfCantBeListed_takesNothingAwayAndOrdersNothing() throws Exception {
        shelf.put(held("shop.test"));
        shelf.listed = false;

        start(ordered("shop.test"));
        shelf.awaitReads(2);
        clock.pass(Duration.ofHours(1));
        shelf.awaitReads(4);

        assertThat(edge.given()).isEmpty();
        assertThat(asked).isEmpty();

        shelf.listed = true;
        clock.pass(Duration.ofSeconds(10));
        assertThat(given()).containsExactly(List.of("shop.test"));
    }

    @Test
    void restart_oneCertificateCantBeRead_takesItNotAwayMeanwhile() throws Exception {
        shelf.put(held("shop.test"));
        shelf.put(held("blog.test"));
        shelf.unread = Set.of("blog.test");

        start(ordered("shop.test"), ordered("blog.test"));
        shelf.awaitReads(3);
        assertThat(edge.given()).isEmpty();

        shelf.unread = Set.of();
        clock.pass(Duration.ofSeconds(10));
        assertThat(given()).containsExactly(List.of("blog.test", "shop.test"));
    }

    @Test
    void restart_oneCertificateIsLostForGood_holdsNothingUpForLong() throws Exception {
        shelf.put(held("shop.test"));
        shelf.put(held("blog.test"));
        shelf.unread = Set.of("blog.test");

        start(ordered("shop.test"), ordered("blog.test"));
        shelf.awaitReads(3);
        clock.pass(Duration.ofMinutes(1));

        assertThat(given()).containsExactly(List.of("shop.test"));
    }

    @Test
    void restart_whatCantBeReadIsOfNoHostThatIsWanted_waitsForNothing() throws Exception {
        shelf.put(held("shop.test"));
        shelf.put(held("gone.test"));
        shelf.unread = Set.of("gone.test");

        start(ordered("shop.test"));

        assertThat(given()).containsExactly(List.of("shop.test"));
    }
}

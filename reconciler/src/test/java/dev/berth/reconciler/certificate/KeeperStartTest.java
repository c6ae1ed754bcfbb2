package dev.berth.reconciler.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.certificate.kept.SealedShelf;
import dev.berth.reconciler.certificate.testing.TestAuthority;
import dev.berth.reconciler.certificate.testing.TestAuthority.Issued;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.traffic.EdgeLink;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
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
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
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

    private final TestAuthority signer = new TestAuthority();
    private final ShiftedClockwork clock = new ShiftedClockwork();
    private final FakeAuthority authority = new FakeAuthority(clock);
    private final Map<SecretRef, Secret> secrets = new ConcurrentHashMap<>();
    private final BadDisk shelf = new BadDisk(new SealedShelf(null));
    private final LinkedEdge edge = new LinkedEdge();
    private @Nullable CertificateKeeper keeper;

    @BeforeEach
    void begin() {
        authority.refuse(
                _ -> {
                    throw new IssuingException(Setback.Kind.UNREACHABLE, "nobody is there");
                });
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
        start(false, wanted);
    }

    /** The same, and whether some documents can't be understood. */
    private void start(boolean holds, Wanted... wanted) {
        CertificateKeeper made =
                new CertificateKeeper(
                        new CertificateKeeper.Means(
                                authority,
                                edge.link,
                                shelf,
                                home.resolve("certificates.json"),
                                new Preflight(
                                        new AllHere(),
                                        (_, _, token) -> token,
                                        Set::of,
                                        new Random(1)),
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
                        List.of(wanted), holds, Preflight.Way.UNKNOWN, _ -> null));
    }

    /** A shelf that can't always be read. */
    private static final class BadDisk implements ShelfAround {
        private final CertificateShelf shelf;
        private final AtomicInteger reads = new AtomicInteger();
        private volatile boolean listed = true;
        private volatile Set<String> unread = Set.of();

        BadDisk(CertificateShelf shelf) {
            this.shelf = shelf;
        }

        @Override
        public CertificateShelf shelf() {
            return shelf;
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
    }

    /** An edge that serves what the process before gave it, on a real link to the new one. */
    private static final class LinkedEdge implements AutoCloseable {
        private final EdgeLink link = new EdgeLink(Clockwork.system(), () -> {});
        private final List<Snapshot> served = new CopyOnWriteArrayList<>();
        private @Nullable Thread thread;

        /** It has certificates for these, and control hears of it. */
        void start(String... hosts) {
            served.add(
                    new Snapshot(
                            1,
                            RouteTable.EMPTY,
                            List.of(),
                            Stream.of(hosts)
                                    .map(host -> new Certificate(List.of(host), "before", "key"))
                                    .toList()));
            link.report(new EdgeReport("edge", 1, null, RouteTable.EMPTY, List.of(), List.of()));
            thread = Thread.ofVirtual().start(this::run);
        }

        private void run() {
            try {
                while (true) {
                    Snapshot now = served.getLast();
                    Snapshot next = link.await(now.version(), Duration.ofSeconds(1));
                    if (next != null) {
                        now = next.after(now);
                        served.add(now);
                    }
                    link.report(
                            new EdgeReport(
                                    "edge", now.version(), null, null, List.of(), List.of()));
                }
            } catch (InterruptedException e) {
                // it ends
            }
        }

        /** What a host is served. */
        String chain(String host) {
            return served.getLast().certificates().stream()
                    .filter(each -> each.names().contains(host))
                    .map(Certificate::chain)
                    .findFirst()
                    .orElse("");
        }

        /** Hosts that have a certificate now. */
        List<String> hosts() {
            return hosts(served.getLast());
        }

        /** The same of each snapshot there was. */
        List<List<String>> history() {
            return served.stream().map(LinkedEdge::hosts).toList();
        }

        private static List<String> hosts(Snapshot snapshot) {
            return snapshot.certificates().stream()
                    .flatMap(each -> each.names().stream())
                    .sorted()
                    .toList();
        }

        @Override
        public void close() {
            Thread running = thread;
            if (running != null) {
                running.interrupt();
            }
        }
    }

    private record AllHere() implements HostLookup {
        @Override
        public List<InetAddress> addresses(String host) {
            return List.of(InetAddress.getLoopbackAddress());
        }

        @Override
        public List<Caa> caa(String host) {
            return List.of();
        }
    }

    private Issued issue(String host) {
        Instant now = clock.instant();
        return signer.issue(
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

    /** Puts one on the shelf; returns its chain. */
    private String shelve(String host) throws IOException {
        Held held = held(host);
        shelf.put(held);
        return held.chain();
    }

    /** Minutes pass until that is so: a keeper may begin to wait at any moment. */
    private void await(ThrowingRunnable assertion) {
        Awaitility.await()
                .untilAsserted(
                        () -> {
                            clock.pass(Duration.ofMinutes(2));
                            assertion.run();
                        });
    }

    private void awaitChain(String host, String chain) {
        await(() -> assertThat(edge.chain(host)).isEqualTo(chain));
    }

    /** Until the shelf was read so often again. */
    private void awaitReads(int more) {
        int before = shelf.reads.get();
        await(() -> assertThat(shelf.reads.get()).isGreaterThanOrEqualTo(before + more));
    }

    @Test
    void restart_beforeConfigIsRead_takesNoBroughtCertificateAway() throws Exception {
        String chain = shelve("ordered.test");
        edge.start("brought.test", "ordered.test");
        Issued own = issue("brought.test");
        secrets.put(CHAIN, Secret.of(own.chain()));
        secrets.put(KEY, Secret.of(own.key()));

        start(
                ordered("ordered.test"),
                new Wanted.Brought(new TreeSet<>(List.of("brought.test")), CHAIN, KEY));

        awaitChain("ordered.test", chain);
        assertThat(edge.history())
                .as("the edge has the list of the process before until all is known")
                .containsOnly(List.of("brought.test", "ordered.test"));
    }

    @Test
    void restart_shelfCantBeListed_takesNothingAwayAndOrdersNothing() throws Exception {
        String chain = shelve("shop.test");
        edge.start("shop.test");
        shelf.listed = false;

        start(ordered("shop.test"));
        awaitReads(3);

        assertThat(edge.chain("shop.test")).isEqualTo("before");
        assertThat(authority.asked()).isZero();

        shelf.listed = true;
        awaitChain("shop.test", chain);
        assertThat(edge.history()).containsOnly(List.of("shop.test"));
    }

    @Test
    void restart_shelfCantBeListed_deploysGoOn() throws Exception {
        edge.start("shop.test");
        shelf.listed = false;
        start(ordered("shop.test"));
        ResourceId shop = ResourceId.app("shop");
        Route route = new Route("shop.test", "/", shop, "shop", new Route.Unavailable("soon"));

        edge.link.replaceRoutes(shop, List.of(route), Duration.ofSeconds(10));

        assertThat(edge.served.getLast().routes().routes()).containsExactly(route);
        assertThat(edge.hosts()).containsExactly("shop.test");
    }

    @Test
    void restart_oneCertificateCantBeRead_takesItNotAwayMeanwhile_andServesTheOthers()
            throws Exception {
        String shop = shelve("shop.test");
        String blog = shelve("blog.test");
        edge.start("blog.test", "shop.test");
        shelf.unread = Set.of("blog.test");

        start(ordered("shop.test"), ordered("blog.test"));
        awaitChain("shop.test", shop);
        awaitReads(3);
        assertThat(edge.chain("blog.test")).isEqualTo("before");

        shelf.unread = Set.of();
        awaitChain("blog.test", blog);
        assertThat(edge.history()).containsOnly(List.of("blog.test", "shop.test"));
    }

    @Test
    void restart_oneCertificateIsLostForGood_servesItUntilItIsOrderedAnew() throws Exception {
        String shop = shelve("shop.test");
        String blog = shelve("blog.test");
        edge.start("blog.test", "gone.test", "shop.test");
        shelf.unread = Set.of("blog.test");
        start(ordered("shop.test"), ordered("blog.test"));
        awaitChain("shop.test", shop);

        authority.refuse(_ -> {});

        await(() -> assertThat(edge.hosts()).containsExactly("blog.test", "shop.test"));
        assertThat(edge.chain("blog.test")).isNotEqualTo("before").isNotEqualTo(blog);
        assertThat(edge.history())
                .allSatisfy(hosts -> assertThat(hosts).contains("blog.test", "shop.test"));
    }

    @Test
    void restart_whatCantBeReadMayBeOfAHostNotToldOf_takesItNotAway() throws Exception {
        String shop = shelve("shop.test");
        shelve("blog.test");
        edge.start("blog.test", "shop.test");
        shelf.unread = Set.of("blog.test");

        start(true, ordered("shop.test"));

        awaitChain("shop.test", shop);
        assertThat(edge.hosts()).containsExactly("blog.test", "shop.test");
    }

    @Test
    void restart_documentsCantBeUnderstood_takesNothingAway() throws Exception {
        String shop = shelve("shop.test");
        edge.start("held.test", "shop.test");

        start(true, ordered("shop.test"));

        awaitChain("shop.test", shop);
        assertThat(edge.hosts()).containsExactly("held.test", "shop.test");
    }

    @Test
    void restart_broughtOneIsNotKnownYet_takesItNotAway() throws Exception {
        String shop = shelve("shop.test");
        edge.start("brought.test", "shop.test");
        Issued own = issue("brought.test");

        start(
                ordered("shop.test"),
                new Wanted.Brought(new TreeSet<>(List.of("brought.test")), CHAIN, KEY));
        awaitChain("shop.test", shop);
        assertThat(edge.chain("brought.test")).isEqualTo("before");
        secrets.put(CHAIN, Secret.of(own.chain()));
        secrets.put(KEY, Secret.of(own.key()));

        awaitChain("brought.test", own.chain());
        assertThat(edge.history()).containsOnly(List.of("brought.test", "shop.test"));
    }

    @Test
    void restart_whatCantBeReadIsOfNoHostThatIsWanted_waitsForNothing() throws Exception {
        String shop = shelve("shop.test");
        shelve("gone.test");
        edge.start("gone.test", "shop.test");
        shelf.unread = Set.of("gone.test");

        start(ordered("shop.test"));

        awaitChain("shop.test", shop);
        assertThat(edge.hosts()).containsExactly("shop.test");
    }
}

package dev.berth.reconciler.certificate;

import dev.berth.reconciler.certificate.testing.TestAuthority;
import java.net.URI;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An authority in memory that believes all it is told: orders are ready at once, and it signs what
 * it is asked for, unless it is to refuse. Thread-safe.
 */
final class FakeAuthority implements Authorities, Authority {
    static final Issuer ISSUER =
            new Issuer(URI.create("https://ca.example.com/dir"), null, null, null);

    private final TestAuthority signer = new TestAuthority();
    private final InstantSource clock;
    private final List<Asked> orders = new CopyOnWriteArrayList<>();
    private final List<String> revoked = new CopyOnWriteArrayList<>();
    private final Map<URI, FakeOrder> known = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Refusing refusing = _ -> {};
    private volatile Refusing finishing = _ -> {};
    private volatile Duration lifetime = Duration.ofDays(90);
    private volatile Duration from = Duration.ZERO;
    private volatile Duration ahead = Duration.ZERO;
    private volatile boolean timeless;
    private volatile boolean repeating;
    private volatile @Nullable String last;
    private volatile RenewalTime.@Nullable Window window;

    FakeAuthority(InstantSource clock) {
        this.clock = clock;
    }

    /** What an order was for. */
    record Asked(SortedSet<String> names, @Nullable Held replaces) {}

    /** May throw. */
    @FunctionalInterface
    interface Refusing {
        void check(SortedSet<String> names) throws IssuingException, InterruptedException;
    }

    /** What is done with all orders from now on when they are placed. */
    void refuse(Refusing by) {
        refusing = by;
    }

    /** Likewise when they are to be signed. */
    void refuseToFinish(Refusing by) {
        finishing = by;
    }

    void lifetime(Duration of) {
        lifetime = of;
    }

    /** It gives the last one again, whatever is asked for. */
    void repeat() {
        repeating = true;
    }

    /** Certificates are valid from so much later. */
    void validFrom(Duration later) {
        from = later;
    }

    /** The clock of the others is ahead of its own by that. */
    void ahead(Duration by) {
        ahead = by;
    }

    /** It says no more what time it is. */
    void hideTime() {
        timeless = true;
    }

    void window(Instant start, Instant end) {
        window = new RenewalTime.Window(start, end);
    }

    /** How many orders it was asked for, refused or not. */
    int asked() {
        return asked.get();
    }

    /** All that were placed, the first first. */
    List<Asked> orders() {
        return List.copyOf(orders);
    }

    /** Chains. */
    List<String> revoked() {
        return List.copyOf(revoked);
    }

    @Override
    public Authority of(Issuer issuer) {
        return this;
    }

    @Override
    public Terms terms() {
        return new Terms(Set.of());
    }

    @Override
    public @Nullable Duration ahead() {
        return timeless ? null : ahead;
    }

    @Override
    public Order order(SortedSet<String> names, @Nullable String profile, @Nullable Held replaces)
            throws IssuingException {
        asked.incrementAndGet();
        check(refusing, names);
        orders.add(new Asked(names, replaces));
        FakeOrder made =
                new FakeOrder(URI.create("https://ca.example.com/order/" + orders.size()), names);
        known.put(made.url(), made);
        return made;
    }

    private static void check(Refusing by, SortedSet<String> names) throws IssuingException {
        try {
            by.check(names);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IssuingException(Setback.Kind.UNREACHABLE, "interrupted");
        }
    }

    @Override
    public @Nullable Order resume(URI url) {
        return known.get(url);
    }

    @Override
    public Advice advice(Held held) {
        return new Advice(window, null);
    }

    @Override
    public void revoke(String chain) {
        revoked.add(chain);
    }

    private final class FakeOrder implements Order {
        private final URI url;
        private final SortedSet<String> names;
        private volatile @Nullable String chain;

        FakeOrder(URI url, SortedSet<String> names) {
            this.url = url;
            this.names = names;
        }

        @Override
        public URI url() {
            return url;
        }

        @Override
        public Progress progress() {
            return chain == null ? Progress.READY : Progress.VALID;
        }

        @Override
        public List<Proof> proofs(Wanted.Method method) {
            return List.of();
        }

        @Override
        public void offer(Proof proof) {}

        @Override
        public @Nullable Instant refresh() {
            return null;
        }

        @Override
        public void finish(KeyPair key) throws IssuingException {
            check(finishing, names);
            Instant start = clock.instant().minus(ahead).plus(from);
            if (repeating) {
                chain = last;
                return;
            }
            chain = signer.issue(names, start, start.plus(lifetime), key).chain();
            last = chain;
        }

        @Override
        public String chain() {
            String signed = chain;
            if (signed == null) {
                throw new IllegalStateException("not signed");
            }
            return signed;
        }
    }
}

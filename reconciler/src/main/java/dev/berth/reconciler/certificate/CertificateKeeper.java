package dev.berth.reconciler.certificate;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.lease.Standing;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.traffic.EdgeCertificates;
import dev.berth.schemas.config.DnsAccess;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.edge.Certificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every host in a certificate: orders, renews, has the edge serve. On a thread of its own
 * beside the passes, which only tell it what is wanted and read how it stands; so whatever an
 * authority does, no deploy waits. Orders only while this Berth may write. Thread-safe.
 *
 * <p>What the edge serves is what the shelf has for the hosts that are wanted, and what Secrets
 * have for them; until config is read for the first time, what it was given by the process before,
 * and likewise for hosts that lack one while some of the shelf can't be read. A certificate that is
 * no longer wanted stays on the shelf until it expires, so that a host that comes back costs no
 * order.
 */
public final class CertificateKeeper implements Certificates, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);

    private static final int AT_ONCE = 2;
    private static final int ORDERS_A_MINUTE = 20;
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(2);
    private static final Duration SERVED_WITHIN = Duration.ofSeconds(5);
    private static final Duration READS_AGAIN = Duration.ofMinutes(1);
    private static final Duration LONGEST_REST = Duration.ofMinutes(30);
    private static final Duration STANDS_BY = Duration.ofSeconds(10);
    private static final Duration ASKS_AGAIN = Duration.ofHours(6);
    private static final Duration ASKS_SOONEST = Duration.ofMinutes(1);
    private static final Duration ASKS_LATEST = Duration.ofDays(1);
    private static final Duration REVOKES_FOR = Duration.ofDays(1);
    private static final Duration REVOKES_AGAIN = Duration.ofMinutes(15);

    private final Means means;
    private final RandomGenerator random;
    private final Clockwork clock;
    private final Clockwork.Bell bell;
    private final Answers answers;
    private final Notebook notes;
    private final Issuance issuance;
    private final Map<String, Long> outcomes = new ConcurrentHashMap<>();
    private final Map<URI, Duration> ahead = new ConcurrentHashMap<>();
    private final Set<Thread> workers = ConcurrentHashMap.newKeySet();

    // Guarded by this.
    private final SortedMap<CertificateId, Held> held = new TreeMap<>();
    private final Set<String> underWay = new HashSet<>();
    private final Deque<Deadline> placed = new ArrayDeque<>();
    private @Nullable Config config;
    private @Nullable WriterOfHost dns;
    private List<DnsAccess> dnsOf = List.of();

    private Set<Certificate> served = Set.of();
    private @Nullable Instant asked;

    // Of the keeper's own thread.
    private CertificateShelf.@Nullable Kept kept;
    private @Nullable List<Certificate> given;
    private boolean mayLack;
    private Instant lastInstant;
    private long lastNanos;

    private volatile Standings standings = Standings.NONE;
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    /**
     * What it works with.
     *
     * @param notes file that is its memory beside the shelf
     * @param secrets the value of a Secret; answers {@code null} while it is not known
     * @param changed called with a host when it stands otherwise with its certificate; must not
     *     block
     */
    public record Means(
            Authorities authorities,
            EdgeCertificates edge,
            CertificateShelf shelf,
            Path notes,
            Preflight preflight,
            Writership writership,
            DnsWriters dns,
            Function<SecretRef, @Nullable Secret> secrets,
            Consumer<String> changed) {}

    /** Who writes records in DNS. */
    @FunctionalInterface
    public interface DnsWriters {
        /** Those of a config. */
        WriterOfHost of(List<DnsAccess> accesses);
    }

    /** Who writes records of which host. */
    @FunctionalInterface
    public interface WriterOfHost {
        /** {@code null} = nobody. */
        @Nullable Writer of(String host);
    }

    /**
     * What is wanted, and who may write records for it.
     *
     * @param holds whether more may be wanted, by documents that can't be understood
     */
    record Config(List<Wanted> wanted, boolean holds, Preflight.Way way, WriterOfHost dns) {
        Config {
            wanted = List.copyOf(wanted);
        }

        /** Whether a Secret may have changed what is served. */
        private boolean brings() {
            return wanted.stream().anyMatch(Wanted.Brought.class::isInstance);
        }

        private List<Wanted.Ordered> ordered() {
            return wanted.stream()
                    .filter(Wanted.Ordered.class::isInstance)
                    .map(Wanted.Ordered.class::cast)
                    .toList();
        }
    }

    /**
     * Who writes the records of a host.
     *
     * @param propagation time in which every server must have one
     */
    public record Writer(DnsRecords records, Duration propagation) {}

    /** Begins with what is on the shelf, and gives nothing to the edge yet. */
    public CertificateKeeper(Means means, RandomGenerator random, Clockwork clock) {
        this.means = means;
        this.random = random;
        this.clock = clock;
        this.bell = clock.bell();
        this.lastInstant = clock.instant();
        this.lastNanos = clock.nanos();
        this.answers = new Answers(means.edge());
        this.issuance =
                new Issuance(
                        means.authorities(),
                        means.shelf(),
                        answers,
                        means.preflight(),
                        this::time,
                        clock);
        this.notes = new Notebook(means.notes());
        readShelf();
    }

    /**
     * What of the shelf is not known can be what the edge serves: nothing may be taken away because
     * of that, and nothing ordered while not even a list can be had.
     */
    private void readShelf() {
        try {
            CertificateShelf.Kept now = means.shelf().kept();
            synchronized (this) {
                now.held().forEach(each -> held.putIfAbsent(each.id(), each));
            }
            kept = now;
        } catch (IOException e) {
            LOG.warn("certificates can't be listed, nothing is done about them: {}", e.toString());
        }
    }

    /** Begins to work. */
    public void start() {
        thread = clock.start("berth-certificates", this::run);
    }

    @Override
    public void follow(DesiredState.Known desired) {
        Instance.Spec settings = desired.settings();
        Instance.Edge edge = settings.edge();
        follow(
                new Config(
                        WantedCertificates.of(desired),
                        !desired.held().isEmpty(),
                        new Preflight.Way(edge.addresses(), !edge.trustedProxies().isEmpty()),
                        writers(settings.dns())));
    }

    /** The same ones as long as config says the same: some take turns among themselves. */
    private synchronized WriterOfHost writers(List<DnsAccess> accesses) {
        if (dns == null || !accesses.equals(dnsOf)) {
            dnsOf = accesses;
            dns = means.dns().of(accesses);
        }
        return dns;
    }

    /** That is wanted from now on. Waits for nobody. */
    void follow(Config wanted) {
        synchronized (this) {
            Config before = config;
            config = wanted;
            if (before == null) {
                standings = standings(wanted); // the first pass knows what there is already
            }
            if (before != null && !before.ordered().equals(wanted.ordered())) {
                forgive(before.ordered(), wanted.ordered());
            }
            if (before != null
                    && before.wanted().equals(wanted.wanted())
                    && before.holds() == wanted.holds()
                    && !wanted.brings()) {
                return; // the same as in the pass before
            }
        }
        bell.ring();
    }

    /** A change may help where nothing else does. */
    private void forgive(List<Wanted.Ordered> before, List<Wanted.Ordered> now) {
        Set<Issuer> known = before.stream().map(Wanted.Ordered::issuer).collect(Collectors.toSet());
        for (Wanted.Ordered each : now) {
            if (!known.contains(each.issuer())) {
                notes.change(n -> n.forgiven(each));
            }
        }
    }

    @Override
    public CertificateReadings now() {
        return standings;
    }

    /** How many tries ended how, by outcome, since this process began. */
    public Map<String, Long> outcomes() {
        return new TreeMap<>(outcomes);
    }

    // ---- the work -------------------------------------------------------------------------------

    private void run() {
        try {
            while (!closed) {
                Deadline begun = Deadline.in(Duration.ZERO, clock);
                bell.await(begun.later(round()).left(clock)); // what a round takes is no rest
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** By the clocks of the authorities too, where this host's is far from them. */
    private Times times() {
        return new Times(clock.instant(), ahead);
    }

    private Instant time(URI directory) {
        return times().at(directory);
    }

    /** Who sets this host's clock makes what is known of it old. */
    private void checkClock() {
        Instant instant = clock.instant();
        long nanos = clock.nanos();
        Duration passed = Duration.ofNanos(nanos - lastNanos);
        if (Duration.between(lastInstant, instant)
                        .minus(passed)
                        .abs()
                        .compareTo(Authority.CLOCKS_AGREE)
                > 0) {
            ahead.clear();
        }
        lastInstant = instant;
        lastNanos = nanos;
    }

    /** Begins what is due; returns how long there is nothing more to do. */
    private Duration round() throws InterruptedException {
        checkClock();
        if (kept == null || mayLack) {
            readShelf();
        }
        if (kept == null) {
            return SERVED_WITHIN;
        }
        Duration rest = LONGEST_REST;
        boolean writes = means.writership().now() instanceof Standing.Writer;
        if (writes) {
            Instant next = begin();
            if (next != null) {
                rest = shorter(rest, Duration.between(clock.instant(), next));
            }
        } else {
            rest = STANDS_BY;
        }
        if (!serve()) {
            rest = shorter(rest, SERVED_WITHIN);
        }
        if (mayLack) {
            rest = shorter(rest, READS_AGAIN);
        }
        notes.trySave();
        tell();
        return rest;
    }

    private static Duration shorter(Duration one, Duration other) {
        Duration most = other.isNegative() ? Duration.ZERO : other;
        return most.plusMillis(1).compareTo(one) < 0 ? most.plusMillis(1) : one;
    }

    /** Starts what is due; returns when something else is. */
    private @Nullable Instant begin() {
        List<Runnable> starts = new ArrayList<>();
        Instant next;
        synchronized (this) {
            Config now = config;
            if (now == null) {
                return null;
            }
            Times times = times();
            Agenda agenda = agenda(now, times);
            next = agenda.next();
            for (Task task : agenda.due()) {
                if (underWay.size() >= AT_ONCE) {
                    break; // who ends rings
                }
                if (underWay.contains(task.key())) {
                    continue;
                }
                if (task instanceof Task.Obtain && !mayOrder()) {
                    Instant free = times.here().plus(placed.getFirst().left(clock));
                    next = next == null || free.isBefore(next) ? free : next;
                    continue;
                }
                underWay.add(task.key());
                starts.add(() -> carryOut(task, now));
            }
        }
        starts.forEach(each -> clock.start("berth-certificate", each));
        return next;
    }

    /** So that many hosts declared at once do not use up what an authority allows. */
    private boolean mayOrder() {
        while (!placed.isEmpty() && placed.getFirst().over(clock)) {
            placed.removeFirst();
        }
        return placed.size() < ORDERS_A_MINUTE;
    }

    private synchronized void countOrder() {
        placed.addLast(Deadline.in(Duration.ofMinutes(1), clock));
    }

    private void carryOut(Task task, Config by) {
        workers.add(Thread.currentThread());
        try {
            switch (task) {
                case Task.Obtain obtain -> obtain(obtain, by);
                case Task.Ask ask -> ask(ask);
                case Task.Revoke revoke -> revoke(revoke);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the process ends
        } finally {
            workers.remove(Thread.currentThread());
            synchronized (this) {
                underWay.remove(task.key());
            }
            bell.ring();
        }
    }

    private void obtain(Task.Obtain task, Config by) throws InterruptedException {
        CertificateId id = task.id();
        try {
            learnTime(task.wanted().issuer());
            Notes.Note note;
            synchronized (this) {
                if (!isDue(task)) {
                    return; // it is not as late as was thought
                }
                note = notes.now().of(id);
            }
            Held got =
                    issuance.obtain(
                            task,
                            note.order(),
                            new Issuance.Ways(by.way(), host -> writer(by, host)),
                            new Issuance.Witness() {
                                @Override
                                public void placed(URI order) throws IOException {
                                    countOrder();
                                    notes.change(n -> n.with(task.wanted(), o -> o.at(order)));
                                    notes.save();
                                }

                                @Override
                                public void issued() throws IOException {
                                    condemn(task.wanted());
                                    notes.save();
                                }
                            });
            LOG.info("certificate for {} until {}", got.names(), got.notAfter());
            count("issued");
            synchronized (this) {
                held.put(id, got);
                notes.change(n -> n.issued(task.wanted()));
            }
        } catch (IssuingException e) {
            failed(task, e);
        } catch (RuntimeException e) { // a fault of ours must not end the keeper
            LOG.error("certificate for {}", task.wanted().names(), e);
            failed(task, new IssuingException(Setback.Kind.INTERNAL, String.valueOf(e)));
        }
        notes.trySave();
    }

    private synchronized boolean isDue(Task task) {
        Config by = config;
        return by != null
                && agenda(by, times()).due().stream().anyMatch(t -> t.key().equals(task.key()));
    }

    private Agenda agenda(Config by, Times now) {
        return Agenda.of(by.ordered(), held.values(), notes.now(), now);
    }

    /** Asks for the time there; what was known before stays where that can't be told. */
    private void learnTime(Issuer issuer) throws IssuingException {
        Authority authority = means.authorities().of(issuer);
        authority.terms(); // they say where to ask
        Duration by = authority.ahead();
        if (by == null) {
            return;
        }
        if (by.abs().compareTo(Authority.CLOCKS_AGREE) > 0) {
            ahead.put(issuer.directory(), by);
        } else {
            ahead.remove(issuer.directory());
        }
    }

    private static Issuance.@Nullable DnsWriter writer(Config by, String host) {
        Writer writer = by.dns().of(host);
        return writer == null
                ? null
                : new Issuance.DnsWriter(writer.records(), writer.propagation());
    }

    /**
     * Notes, before anything takes their places, those whose keys may be known: all of a host of it
     * that were there before a new one was asked for. They are revoked once none of them is served.
     */
    private synchronized void condemn(Wanted.Ordered wanted) {
        Instant now = time(wanted.issuer().directory());
        for (Held each : held.values()) {
            if (each.isOlderThan(wanted.reissuedAt(), now)
                    && each.notAfter().isAfter(now)
                    && wanted.names().stream().anyMatch(host -> each.serves(wanted, host))) {
                Notes.Revocation one =
                        new Notes.Revocation(
                                each.id(),
                                each.chain(),
                                wanted.issuer().account(),
                                false,
                                now,
                                now.plus(REVOKES_FOR));
                notes.change(n -> n.and(one));
            }
        }
    }

    private synchronized void failed(Task.Obtain task, IssuingException failure) {
        if (closed) {
            return; // who ends a process is no failure of the authority
        }
        LOG.warn("no certificate for {}: {}", task.wanted().names(), failure.why());
        count(failure.kind().name().toLowerCase(Locale.ROOT));
        Instant now = time(task.wanted().issuer().directory());
        notes.change(n -> n.failed(task.wanted(), failure, now, random));
    }

    private void ask(Task.Ask task) {
        CertificateId id = task.held().id();
        Authority.Advice advice = new Authority.Advice(null, null);
        try {
            advice = means.authorities().of(task.issuer()).advice(task.held());
            learnTime(task.issuer());
        } catch (IssuingException e) {
            LOG.info("when to renew {}: {}", task.held().names(), e.why());
            advice = new Authority.Advice(notes.now().of(id).window(), null);
        } catch (RuntimeException e) {
            if (!closed) { // else it is the interrupt
                LOG.error("when to renew {}", task.held().names(), e);
            }
        }
        Instant now = time(task.issuer().directory());
        Instant asked = advice.again() == null ? now.plus(ASKS_AGAIN) : advice.again();
        Instant soonest = now.plus(ASKS_SOONEST);
        Instant latest = now.plus(ASKS_LATEST);
        Instant again = asked.isBefore(soonest) ? soonest : asked.isAfter(latest) ? latest : asked;
        RenewalTime.Window window = advice.window();
        notes.change(n -> n.with(task.held(), note -> note.advised(window, again)));
        notes.trySave();
    }

    private void revoke(Task.Revoke task) {
        Notes.Revocation open = task.revocation();
        boolean over = !time(task.issuer().directory()).isBefore(open.until());
        try {
            means.authorities().of(task.issuer()).revoke(open.chain());
            LOG.info("revoked the certificate before {}", open.id());
            count("revoked");
            over = true;
        } catch (IssuingException e) {
            LOG.warn("can't revoke what {} replaced: {}", open.id(), e.why());
        } catch (RuntimeException e) {
            LOG.error("can't revoke what {} replaced", open.id(), e);
        }
        Instant next = time(task.issuer().directory()).plus(REVOKES_AGAIN);
        Notes.Revocation left = over ? null : open.again(next);
        notes.change(n -> n.revocations(each -> each.equals(open) ? left : each));
    }

    private void count(String outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
    }

    // ---- what is served, and how it stands ------------------------------------------------------

    /** Gives the edge what it should serve; false while it has not said that it does. */
    private boolean serve() throws InterruptedException {
        List<Certificate> now;
        boolean some;
        synchronized (this) {
            Config by = config;
            if (by == null) {
                return true; // it serves on what the process before gave it
            }
            dropExpired(by);
            now = Serving.of(by.wanted(), held.values(), means.secrets(), times());
            some = lacks(by, now);
        }
        if (!now.equals(given) || some != mayLack) {
            if (some) {
                means.edge().serveAlso(now);
            } else {
                means.edge().serve(now);
            }
            given = now;
            mayLack = some;
        }
        if (!served.equals(Set.copyOf(now))) {
            synchronized (this) {
                asked = asked == null ? clock.instant() : asked;
            }
            if (!means.edge().awaitServed(SERVED_WITHIN)) {
                return false;
            }
            synchronized (this) {
                asked = null;
                served = Set.copyOf(now);
            }
        }
        retire();
        return true;
    }

    /** What is to be revoked, and served to nobody any more, is never served again. */
    private synchronized void retire() {
        Set<String> inUse = served.stream().map(Certificate::chain).collect(Collectors.toSet());
        for (Notes.Revocation each : notes.now().revocations()) {
            if (!each.unused()
                    && !inUse.contains(each.chain())
                    && !(mayLack && mayBeKept(each))
                    && !underWay.contains(each.id().text())) { // else another may be on the shelf
                notes.change(n -> n.revocations(r -> r.equals(each) ? r.out() : r));
                List.copyOf(held.values()).stream()
                        .filter(h -> h.chain().equals(each.chain()))
                        .forEach(this::drop);
                bell.ring();
            }
        }
    }

    /** Whether the edge may keep it for names that nothing else is served for. */
    private boolean mayBeKept(Notes.Revocation one) {
        Set<String> hosts = hosts(served);
        return held.values().stream()
                .filter(h -> h.chain().equals(one.chain()))
                .noneMatch(h -> hosts.containsAll(h.names()));
    }

    /**
     * Whether the edge may have more of what is wanted than that. What can't be read, of the shelf,
     * of documents or of Secrets, is no reason to take it away.
     */
    private boolean lacks(Config by, List<Certificate> now) {
        if (by.holds()) {
            return true;
        }
        boolean whole = kept != null && kept.whole();
        Set<String> hosts = hosts(now);
        return by.wanted().stream()
                .filter(each -> !whole || each instanceof Wanted.Brought)
                .anyMatch(each -> !hosts.containsAll(each.names()));
    }

    private static Set<String> hosts(Collection<Certificate> certificates) {
        Set<String> hosts = new HashSet<>();
        certificates.forEach(each -> hosts.addAll(each.names()));
        return hosts;
    }

    /** What nobody wants any more and no client takes. */
    private void dropExpired(Config by) {
        Times times = times();
        List<Held> over =
                held.values().stream()
                        .filter(h -> !times.lasts(h) && !serves(h, by.ordered()))
                        .toList();
        over.forEach(this::drop);
        Set<String> used = new HashSet<>(underWay);
        held.keySet().forEach(id -> used.add(id.text()));
        Map<String, URI> accounts = new HashMap<>();
        by.ordered().forEach(w -> accounts.put(w.issuer().account(), w.issuer().directory()));
        notes.change(
                n ->
                        n.only(by.ordered(), used)
                                .revocations(each -> isOpen(each, accounts, times) ? each : null));
    }

    private static boolean serves(Held one, List<Wanted.Ordered> wanted) {
        return wanted.stream()
                .anyMatch(each -> each.names().stream().anyMatch(host -> one.serves(each, host)));
    }

    /**
     * Whether it may still be tried; who tries it for the last time ends it.
     *
     * @param directories of the accounts that are wanted
     */
    private static boolean isOpen(Notes.Revocation one, Map<String, URI> directories, Times times) {
        URI directory = directories.get(one.account());
        Instant now = directory == null ? times.here() : times.at(directory);
        return now.isBefore(one.until()) || (one.unused() && directory != null);
    }

    private void drop(Held one) {
        try {
            means.shelf().remove(one.id());
        } catch (IOException e) {
            LOG.warn("can't remove the certificate of {}: {}", one.names(), e.toString());
        }
        held.remove(one.id());
    }

    private void tell() {
        Standings before = standings;
        Standings now;
        synchronized (this) {
            Config by = config;
            if (by == null) {
                return;
            }
            now = standings(by);
        }
        standings = now;
        String host = now.firstOtherThan(before);
        if (host != null) {
            means.changed().accept(host);
        }
    }

    private Standings standings(Config by) {
        return Standings.of(
                by.wanted(), held.values(), means.secrets(), notes.now(), served, asked, times());
    }

    /**
     * Ends, and waits a moment for what goes on; an order under way is gone on with by the next
     * process. From here on nothing is written.
     */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        notes.close();
        List<Thread> running = new ArrayList<>(workers);
        Thread own = thread;
        if (own != null) {
            running.add(own);
        }
        running.forEach(Thread::interrupt);
        try {
            for (Thread each : running) {
                each.join(ENDS_WITHIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

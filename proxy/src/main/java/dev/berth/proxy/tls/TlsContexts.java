package dev.berth.proxy.tls;

import dev.berth.schemas.edge.Certificate;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TLS context for each certificate that clients ask for. Making one takes tens of milliseconds
 * and as many KiB, so it is made when a name is first asked for, by a thread of its own, and the
 * least recently used one goes when there are too many. Thread-safe.
 */
public final class TlsContexts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);
    private static final int MAX_CONTEXTS = 2048;
    private static final int TICKET_CHECK_MINUTES = 10;

    /** So many contexts in use are made anew before the certificates of clients change. */
    private static final int MOST_WARMED = 8;

    private static final Duration MOST_WARMING = Duration.ofSeconds(2);

    /** The library is loaded this long after the start, or when the first client comes. */
    private static final int BEGIN_AFTER_SECONDS = 1;

    private final Path directory;
    private final InstantSource clock;
    private final int most;
    private final TicketKeys tickets;
    private final ScheduledExecutorService worker;
    private final Object lock = new Object();
    private final Map<Certificate, CompletableFuture<Selected>> contexts =
            new LinkedHashMap<>(16, 0.75f, true);
    private final CompletableFuture<Base> base = new CompletableFuture<>();
    private volatile CertificateIndex index = CertificateIndex.EMPTY;

    private TlsContexts(Path directory, InstantSource clock, int most) {
        this.directory = directory;
        this.clock = clock;
        this.most = most;
        this.tickets = new TicketKeys(directory.resolve("tickets"));
        this.worker =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("tls-contexts").factory());
    }

    /** A certificate's names and the context made of it. */
    public record Selected(List<String> names, SslContext context) {}

    /** A certificate and the names it is used for: none when it is the default one. */
    public record Named(List<String> names, Certificate certificate) {}

    /** What all names share. */
    private record Base(TlsProvider provider, Certificate own, Selected otherwise) {}

    /**
     * Contexts for no certificate yet but the default one, which is made in the background, and not
     * at once: loading the library would hold up the first requests of a small machine.
     *
     * @param directory for the default certificate and the keys of session tickets
     */
    public static TlsContexts open(Path directory, InstantSource clock) {
        return open(directory, clock, MAX_CONTEXTS);
    }

    /** The same with at most so many contexts beside the default one. */
    static TlsContexts open(Path directory, InstantSource clock, int most) {
        TlsContexts contexts = new TlsContexts(directory, clock, most);
        var _ = contexts.worker.schedule(contexts::begin, BEGIN_AFTER_SECONDS, TimeUnit.SECONDS);
        var _ =
                contexts.worker.scheduleWithFixedDelay(
                        contexts::rotateTickets,
                        TICKET_CHECK_MINUTES,
                        TICKET_CHECK_MINUTES,
                        TimeUnit.MINUTES);
        return contexts;
    }

    /**
     * Loads what the first handshake would have to wait for.
     *
     * @throws IOException if TLS cannot be served
     */
    public void warm(Duration atMost) throws IOException {
        worker.execute(this::begin);
        try {
            var _ = base.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("TLS cannot be served: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped while starting", e);
        }
    }

    /**
     * Serves these certificates from now on; connections keep the one they have. What takes the
     * place of a certificate in use is got ready first, so that a renewal is no wait for clients.
     * One thread at a time; not on an event loop.
     */
    public void replace(List<Certificate> certificates) {
        CertificateIndex next = new CertificateIndex(certificates);
        Map<Certificate, CompletableFuture<Selected>> ready = successors(next);
        awaitMade(ready.values());
        Set<Certificate> kept = new HashSet<>(certificates);
        synchronized (lock) {
            contexts.keySet().retainAll(kept);
            ready.forEach(contexts::putIfAbsent);
            dropEldest();
            index = next;
        }
    }

    /** What is in the place of the certificates that were used last and are to go. */
    private Map<Certificate, CompletableFuture<Selected>> successors(CertificateIndex next) {
        List<Certificate> used;
        synchronized (lock) {
            used = new ArrayList<>(contexts.keySet());
        }
        Set<Certificate> ready = new HashSet<>(used);
        Map<Certificate, CompletableFuture<Selected>> made = new LinkedHashMap<>();
        for (Certificate old : used.reversed()) {
            for (String name : old.names()) {
                Certificate successor = next.named(name);
                if (successor != null && !ready.contains(successor) && made.size() < MOST_WARMED) {
                    made.computeIfAbsent(
                            successor,
                            certificate ->
                                    CompletableFuture.supplyAsync(() -> make(certificate), worker));
                }
            }
        }
        return made;
    }

    private static void awaitMade(Collection<CompletableFuture<Selected>> coming) {
        try {
            CompletableFuture.allOf(coming.toArray(CompletableFuture[]::new))
                    .get(MOST_WARMING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException _) {
            // whoever asks for it waits for it, or gets the default one
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a host has a certificate, of its own or by a wildcard. */
    public boolean certified(String host) {
        return index.find(host) != null;
    }

    /**
     * The context for a client.
     *
     * @param name that it asks for; {@code null} when it names none
     * @return fails only if there is not even a default certificate
     */
    public CompletableFuture<Selected> select(@Nullable String name) {
        if (!base.isDone()) {
            worker.execute(this::begin);
        }
        Certificate certificate = name == null ? null : index.find(name);
        if (certificate == null) {
            return base.thenApply(Base::otherwise);
        }
        synchronized (lock) {
            CompletableFuture<Selected> known = contexts.get(certificate);
            if (known == null) {
                known = CompletableFuture.supplyAsync(() -> make(certificate), worker);
                contexts.put(certificate, known);
                dropEldest();
            }
            return known;
        }
    }

    /** When each certificate in force ends, by its first name. Reads them: not on an event loop. */
    public Map<String, Instant> expiries() {
        return index.expiries();
    }

    /**
     * The certificate for a client, for who makes no context of it.
     *
     * @param name that the client asks for; {@code null} when it names none
     * @return fails only if there is not even a default certificate
     */
    public CompletableFuture<Named> certificate(@Nullable String name) {
        Certificate certificate = name == null ? null : index.find(name);
        if (certificate != null) {
            return CompletableFuture.completedFuture(new Named(certificate.names(), certificate));
        }
        return otherwise();
    }

    /** The certificate for clients that ask for a name which has none. */
    public CompletableFuture<Named> otherwise() {
        if (!base.isDone()) {
            worker.execute(this::begin);
        }
        return base.thenApply(made -> new Named(List.of(), made.own()));
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }

    private void begin() {
        if (base.isDone()) {
            return;
        }
        try {
            TlsProvider provider = TlsProvider.best();
            Certificate own =
                    DefaultCertificate.loadOrMake(
                            directory.resolve("default.pem"), clock.instant());
            SslContext context = provider.context(own, tickets.current(clock.instant()));
            LOG.info("TLS by {}", provider.name());
            base.complete(new Base(provider, own, new Selected(List.of(), context)));
        } catch (GeneralSecurityException | SSLException | RuntimeException e) {
            LOG.error("TLS cannot be served", e);
            base.completeExceptionally(e);
        }
    }

    private Selected make(Certificate certificate) {
        Base shared = base.join();
        try {
            return new Selected(
                    certificate.names(),
                    shared.provider().context(certificate, tickets.current(clock.instant())));
        } catch (SSLException | RuntimeException e) {
            LOG.error(
                    "the certificate for {} cannot be used: {}; clients get one that they do not"
                            + " trust",
                    certificate.names(),
                    String.valueOf(e.getMessage()));
            return shared.otherwise();
        }
    }

    private void dropEldest() {
        while (contexts.size() > most) {
            contexts.remove(contexts.keySet().iterator().next());
        }
    }

    /** Has every context seal with the newest key. */
    void rotateTickets() {
        List<byte[]> keys = tickets.current(clock.instant());
        List<CompletableFuture<Selected>> all = new ArrayList<>();
        all.add(base.thenApply(Base::otherwise));
        synchronized (lock) {
            all.addAll(contexts.values());
        }
        for (CompletableFuture<Selected> made : all) {
            if (made.state() == Future.State.SUCCESS) {
                TlsProvider.useTicketKeys(made.join().context(), keys);
            }
        }
    }
}

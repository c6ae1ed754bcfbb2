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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * A TLS context for each certificate that clients ask for. One takes some KiB, so it is made when a
 * name is first asked for, by a thread of its own, and the least recently used one goes when there
 * are too many. Thread-safe.
 */
public final class TlsContexts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);
    private static final int MAX_CONTEXTS = 2048;
    private static final int TICKET_CHECK_MINUTES = 10;

    /** The library is loaded this long after the start, or when the first client comes. */
    private static final int BEGIN_AFTER_SECONDS = 1;

    private static final int CLOSE_WITHIN_SECONDS = 5;

    private final Path directory;
    private final InstantSource clock;
    private final int most;
    private final TicketKeys tickets;
    private final ScheduledExecutorService worker;
    private final Object lock = new Object();
    private final Map<Held, CompletableFuture<Selected>> contexts =
            new LinkedHashMap<>(16, 0.75f, true);
    private final CompletableFuture<Base> base = new CompletableFuture<>();
    private volatile CertificateIndex index = CertificateIndex.EMPTY;
    private volatile List<byte[]> sealing = List.of();

    private TlsContexts(Path directory, InstantSource clock, int most) {
        this.directory = directory;
        this.clock = clock;
        this.most = most;
        this.tickets = new TicketKeys(directory.resolve("tickets"));
        this.worker =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("tls-contexts").factory());
    }

    /**
     * What a client gets.
     *
     * @param names that the certificate is used for: none when it is the default one
     */
    public record Selected(List<String> names, KeyMaterial keys, SslContext context) {}

    /** What all names share. */
    private record Base(TlsProvider provider, Selected otherwise) {}

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
     * Serves these certificates from now on; connections keep the one they have. One thread at a
     * time.
     */
    public void replace(List<Certificate> certificates) {
        synchronized (lock) {
            index = index.with(certificates);
            contexts.keySet().retainAll(new HashSet<>(index.all()));
        }
    }

    /**
     * Whether a host has a certificate, of its own or by a wildcard, that clients may trust: one
     * that has not ended, and with which no handshake has shown to be impossible.
     */
    public boolean certified(String host) {
        Held held = index.find(host);
        return held != null && held.serves(clock.instant());
    }

    /**
     * The names of the certificate for a client.
     *
     * @param name that it asks for; {@code null} when it names none
     * @return none when it gets the default one
     */
    public List<String> names(@Nullable String name) {
        Held held = name == null ? null : index.find(name);
        return held == null ? List.of() : held.names();
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
        Held held = name == null ? null : index.find(name);
        if (held == null) {
            return base.thenApply(Base::otherwise);
        }
        synchronized (lock) {
            CompletableFuture<Selected> known = contexts.get(held);
            if (known == null) {
                known = CompletableFuture.supplyAsync(() -> make(held), worker);
                contexts.put(held, known);
                dropEldest();
            }
            return known;
        }
    }

    /**
     * When the certificate in force for a name ends, by each name that has one with which
     * handshakes are possible, as far as is known. Reads them: not on an event loop.
     */
    public Map<String, Instant> expiries() {
        return index.expiries();
    }

    /** Ends once nothing is written or made any more. */
    @Override
    public void close() {
        worker.shutdownNow();
        try {
            if (!worker.awaitTermination(CLOSE_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("TLS is still at work though the edge ends");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
            sealing = tickets.current(clock.instant());
            Selected otherwise = made(provider, List.of(), own);
            LOG.info("TLS by {}", provider.name());
            base.complete(new Base(provider, otherwise));
        } catch (GeneralSecurityException | SSLException | RuntimeException e) {
            LOG.error("TLS cannot be served", e);
            base.completeExceptionally(e);
        }
    }

    private Selected make(Held held) {
        Base shared = base.join();
        try {
            return made(shared.provider(), held.names(), held.certificate());
        } catch (GeneralSecurityException | SSLException | RuntimeException e) {
            held.foundUseless();
            LOG.error(
                    "the certificate for {} cannot be used: {}; clients get one that they do not"
                            + " trust",
                    held.names(),
                    String.valueOf(e.getMessage()));
            return shared.otherwise();
        }
    }

    private Selected made(TlsProvider provider, List<String> names, Certificate certificate)
            throws GeneralSecurityException, SSLException {
        KeyMaterial keys = KeyMaterial.of(certificate);
        SslContext context = provider.context(keys, sealing);
        provider.check(context, certificate, keys);
        return new Selected(names, keys, context);
    }

    private void dropEldest() {
        while (contexts.size() > most) {
            contexts.remove(contexts.keySet().iterator().next());
        }
    }

    /** Has every context seal with the newest key. */
    void rotateTickets() {
        List<byte[]> keys = tickets.current(clock.instant());
        sealing = keys;
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

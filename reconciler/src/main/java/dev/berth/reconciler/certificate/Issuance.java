package dev.berth.reconciler.certificate;

import dev.berth.reconciler.certificate.Authority.Order;
import dev.berth.reconciler.certificate.Authority.Progress;
import dev.berth.reconciler.certificate.Authority.Proof;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import java.io.IOException;
import java.net.URI;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has one certificate, from the look ahead to the shelf. Each step can be the last of a process:
 * the order is noted before anything is proven, its key is kept before the authority hears of it,
 * so the next process goes on with the same order. Thread-safe.
 */
final class Issuance {
    private static final Logger LOG = LoggerFactory.getLogger(Issuance.class);

    /** An order that takes longer is looked at again later. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration FIRST_LOOK = Duration.ofMillis(60);
    private static final Duration SLOWEST_LOOK = Duration.ofSeconds(5);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(60);

    private final Authorities authorities;
    private final CertificateShelf shelf;
    private final Answers answers;
    private final Preflight preflight;
    private final Function<URI, Instant> time;
    private final Clockwork clock;

    /**
     * One that asks these.
     *
     * @param time as the authority of a directory has it, as far as that is known
     */
    Issuance(
            Authorities authorities,
            CertificateShelf shelf,
            Answers answers,
            Preflight preflight,
            Function<URI, Instant> time,
            Clockwork clock) {
        this.authorities = authorities;
        this.shelf = shelf;
        this.answers = answers;
        this.preflight = preflight;
        this.time = time;
        this.clock = clock;
    }

    /**
     * What the config says beside the request.
     *
     * @param dns who may write for a host; answers {@code null} for nobody
     */
    record Ways(Preflight.Way way, Function<String, @Nullable DnsWriter> dns) {}

    /**
     * Who writes records of a host.
     *
     * @param propagation in which they must be seen
     */
    record DnsWriter(DnsRecords records, Duration propagation) {}

    /** Is told of each step before the one after it, which is not done if that can't be kept. */
    interface Witness {
        /** There is an order. */
        void placed(URI order) throws IOException;

        /** It is there; it takes the place of another on the shelf next. */
        void issued() throws IOException;
    }

    /**
     * Has it.
     *
     * @param known an order of it that is not over; {@code null} = none
     * @param witness is told how it goes on
     * @throws InterruptedException if the process ends meanwhile
     */
    Held obtain(Task.Obtain task, @Nullable URI known, Ways ways, Witness witness)
            throws IssuingException, InterruptedException {
        Wanted.Ordered wanted = task.wanted();
        Authority authority = authorities.of(wanted.issuer());
        Authority.Terms terms = authority.terms();
        Order order = known == null ? null : authority.resume(known);
        try {
            KeyPair kept = shelf.pending(task.id());
            if (kept != null && isOf(kept, task.replaces())) {
                order = null; // it was over when a process ended
            }
            if (order == null || isLost(order, kept)) {
                if (task.careful()) {
                    preflight.check(wanted, terms, answers, ways.way());
                }
                if (kept != null) {
                    shelf.pending(task.id(), null);
                    kept = null;
                }
                order = authority.order(wanted.names(), wanted.profile(), task.replaces());
                witness.placed(order.url());
            }
            Deadline end = Deadline.in(PATIENCE, clock);
            if (order.progress() == Progress.PENDING) {
                prove(order, wanted.method(), ways, end);
            }
            KeyPair key = kept == null ? CertificateKeys.generate() : kept;
            if (order.progress() == Progress.READY) {
                shelf.pending(task.id(), key);
                order.finish(key);
            }
            await(order, end, Progress.VALID);
            Held held = checked(wanted, order.chain(), key);
            witness.issued();
            shelf.put(held);
            shelf.pending(task.id(), null);
            return held;
        } catch (IOException e) {
            throw new IssuingException(Setback.Kind.DISK, "can't keep it: " + e.getMessage());
        }
    }

    /** One whose key is not known any more can't be used. */
    private static boolean isLost(Order order, @Nullable KeyPair key) {
        return switch (order.progress()) {
            case INVALID -> true;
            case PROCESSING, VALID -> key == null;
            case PENDING, READY -> false;
        };
    }

    private static boolean isOf(KeyPair key, @Nullable Held held) {
        try {
            return held != null
                    && CheckedCertificate.leaf(held.chain()).getPublicKey().equals(key.getPublic());
        } catch (CertificateException e) {
            return false;
        }
    }

    private void prove(Order order, Wanted.Method method, Ways ways, Deadline end)
            throws IssuingException, InterruptedException {
        List<Proof> proofs = order.proofs(method);
        List<Runnable> undo = new ArrayList<>();
        try {
            switch (method) {
                case HTTP_01 -> {
                    for (Proof proof : proofs) {
                        answers.put(proof.name(), proof.value());
                        undo.add(() -> answers.remove(proof.name()));
                    }
                }
                case DNS_01 -> write(proofs, ways, undo);
            }
            for (Proof proof : proofs) {
                order.offer(proof);
            }
            await(order, end, Progress.READY);
        } finally {
            undo.forEach(Runnable::run);
        }
    }

    /** All are written before the first is waited for. */
    private void write(List<Proof> proofs, Ways ways, List<Runnable> undo)
            throws IssuingException, InterruptedException {
        SortedMap<String, String> wrong = new TreeMap<>();
        boolean permanent = false;
        for (Proof proof : proofs) {
            DnsWriter writer = writer(proof, ways);
            undo.add(() -> erase(writer, proof));
            try {
                writer.records().put(proof.name(), proof.value());
            } catch (DnsException e) {
                wrong.put(proof.host(), String.valueOf(e.getMessage()));
                permanent |= e.permanent();
            }
        }
        if (wrong.isEmpty()) {
            for (Proof proof : proofs) {
                DnsWriter writer = writer(proof, ways);
                try {
                    writer.records()
                            .awaitVisible(proof.name(), proof.value(), writer.propagation());
                } catch (DnsException e) {
                    wrong.put(proof.host(), String.valueOf(e.getMessage()));
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new IssuingException(
                    Setback.Kind.DNS,
                    String.join("; ", wrong.values())
                            + (permanent ? "; that does not mend by itself" : ""));
        }
    }

    private static DnsWriter writer(Proof proof, Ways ways) throws IssuingException {
        DnsWriter writer = ways.dns().apply(proof.host());
        if (writer == null) {
            throw new IssuingException(
                    Setback.Kind.DNS,
                    "no entry of spec.dns of the Instance is for %s".formatted(proof.host()));
        }
        return writer;
    }

    private static void erase(DnsWriter writer, Proof proof) {
        try {
            writer.records().remove(proof.name(), proof.value());
        } catch (DnsException e) { // a left over record harms nobody
            LOG.warn("the record {} stays: {}", proof.name(), e.getMessage());
        }
    }

    private void await(Order order, Deadline end, Progress wanted)
            throws IssuingException, InterruptedException {
        Duration wait = FIRST_LOOK;
        while (order.progress().compareTo(wanted) < 0) {
            if (end.over(clock)) {
                throw new IssuingException(
                        Setback.Kind.PROCESSING,
                        "the authority has been at the order for %d minutes; it is looked at again"
                                .formatted(PATIENCE.toMinutes()));
            }
            clock.sleep(wait);
            Instant again = order.refresh();
            wait = next(wait, again);
        }
        if (order.progress() == Progress.INVALID) {
            throw new IssuingException(
                    Setback.Kind.REFUSED,
                    "the authority has given the order up and does not say why");
        }
    }

    private Duration next(Duration wait, @Nullable Instant again) {
        Duration longer = wait.multipliedBy(3).dividedBy(2);
        Duration own = longer.compareTo(SLOWEST_LOOK) < 0 ? longer : SLOWEST_LOOK;
        if (again == null) {
            return own;
        }
        Duration asked = Duration.between(clock.instant(), again);
        if (asked.compareTo(LONGEST_LOOK) > 0) {
            return LONGEST_LOOK;
        }
        return asked.compareTo(own) > 0 ? asked : own;
    }

    private Held checked(Wanted.Ordered wanted, String chain, KeyPair key) throws IssuingException {
        String pem = CertificateKeys.pem(key.getPrivate());
        try {
            CheckedCertificate read = CheckedCertificate.of(chain, pem);
            if (!read.names().equals(wanted.names())) {
                throw new IssuingException(
                        Setback.Kind.REFUSED,
                        "the authority issued for %s, and was asked for %s"
                                .formatted(read.names(), wanted.names()));
            }
            Instant now = time.apply(wanted.issuer().directory());
            Held held =
                    new Held(
                            wanted.names(),
                            wanted.issuer().directory(),
                            wanted.profile(),
                            read.issuer(),
                            chain,
                            pem,
                            read.notBefore(),
                            read.notAfter(),
                            now);
            if (held.notBefore().isAfter(now.plus(Authority.CLOCKS_AGREE))
                    || !RenewalTime.ofAge(held).isAfter(now)) {
                throw new IssuingException(
                        Setback.Kind.REFUSED,
                        "what the authority issued is for %s until %s, and by the clock here it is %s: one of the two clocks is wrong"
                                .formatted(
                                        held.notBefore(),
                                        held.notAfter(),
                                        now.truncatedTo(ChronoUnit.SECONDS)));
            }
            return held;
        } catch (CertificateException e) {
            throw new IssuingException(
                    Setback.Kind.REFUSED,
                    "what the authority issued can't be used: " + e.getMessage());
        }
    }
}

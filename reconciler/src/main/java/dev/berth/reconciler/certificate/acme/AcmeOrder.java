package dev.berth.reconciler.certificate.acme;

import dev.berth.reconciler.certificate.Authority;
import dev.berth.reconciler.certificate.Authority.Progress;
import dev.berth.reconciler.certificate.Authority.Proof;
import dev.berth.reconciler.certificate.IssuingException;
import dev.berth.reconciler.certificate.Setback.Kind;
import dev.berth.reconciler.certificate.Wanted.Method;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Certificate;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Dns01Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.exception.AcmeException;

/** An order at an ACME server. For one thread. */
final class AcmeOrder implements Authority.Order {
    private final Order order;
    private final Refusals refusals;
    private final Map<Proof, Challenge> challenges = new HashMap<>();
    private final List<Authorization> open = new ArrayList<>();

    /** Kept here, as the library asks anew for what a request has made old. */
    private Progress progress;

    /** One that was read just now. */
    AcmeOrder(Order order, Refusals refusals) {
        this.order = order;
        this.refusals = refusals;
        this.progress = progress(order.getStatus());
    }

    @Override
    public URI url() {
        return URI.create(order.getLocation().toString());
    }

    @Override
    public Progress progress() {
        return progress;
    }

    private static Progress progress(Status status) {
        return switch (status) {
            case READY -> Progress.READY;
            case PROCESSING -> Progress.PROCESSING;
            case VALID -> Progress.VALID;
            case INVALID, REVOKED, DEACTIVATED, EXPIRED, CANCELED -> Progress.INVALID;
            case PENDING, UNKNOWN -> Progress.PENDING;
        };
    }

    @Override
    public List<Proof> proofs(Method method) throws IssuingException {
        List<Proof> proofs = new ArrayList<>();
        try {
            for (Authorization each : order.getAuthorizations()) {
                each.fetch();
                if (each.getStatus() == Status.PENDING) {
                    open.add(each);
                    Proof proof = proof(each, method);
                    if (challenge(each, method).getStatus() == Status.PENDING
                            || challenge(each, method).getStatus() == Status.PROCESSING) {
                        proofs.add(proof);
                    }
                }
            }
        } catch (AcmeException | RuntimeException e) {
            throw refusals.of(e, null);
        }
        return proofs;
    }

    private Proof proof(Authorization each, Method method) throws IssuingException {
        String host = each.getIdentifier().getDomain();
        Challenge challenge = challenge(each, method);
        Proof proof =
                switch (challenge) {
                    case Http01Challenge http ->
                            new Proof(host, http.getToken(), http.getAuthorization());
                    case Dns01Challenge dns ->
                            new Proof(host, dns.getRRName(each.getIdentifier()), dns.getDigest());
                    default -> throw new IllegalStateException("asked for no " + challenge);
                };
        challenges.put(proof, challenge);
        return proof;
    }

    private static Challenge challenge(Authorization each, Method method) throws IssuingException {
        Optional<? extends Challenge> found =
                switch (method) {
                    case HTTP_01 -> each.findChallenge(Http01Challenge.class);
                    case DNS_01 -> each.findChallenge(Dns01Challenge.class);
                };
        if (found.isEmpty()) {
            throw new IssuingException(
                    Kind.REFUSED,
                    "the authority does not take %s for %s"
                            .formatted(
                                    method == Method.HTTP_01 ? "http-01" : "dns-01",
                                    each.getIdentifier().getDomain()));
        }
        return found.get();
    }

    @Override
    public void offer(Proof proof) throws IssuingException {
        Challenge challenge = challenges.get(proof);
        if (challenge == null) {
            throw new IllegalArgumentException("not of this order");
        }
        if (challenge.getStatus() != Status.PENDING) {
            return;
        }
        try {
            challenge.trigger();
        } catch (AcmeException | RuntimeException e) {
            throw refusals.of(e, null);
        }
    }

    @Override
    public @Nullable Instant refresh() throws IssuingException {
        try {
            Instant again = null;
            SortedMap<String, String> wrong = new TreeMap<>();
            for (Authorization each : List.copyOf(open)) {
                again = each.fetch().orElse(again);
                if (each.getStatus() != Status.PENDING) {
                    open.remove(each);
                }
                if (each.getStatus() == Status.INVALID) {
                    String host = each.getIdentifier().getDomain();
                    wrong.put(each.isWildcard() ? "*." + host : host, why(host, each));
                }
            }
            if (!wrong.isEmpty()) {
                throw IssuingException.of(Kind.VALIDATION, wrong);
            }
            if (open.isEmpty()) {
                again = order.fetch().orElse(again);
                progress = progress(order.getStatus());
                Problem problem = order.getError().orElse(null);
                if (progress == Progress.INVALID && problem != null) {
                    throw refusals.of(problem, null);
                }
            }
            return again;
        } catch (AcmeException | RuntimeException e) {
            throw refusals.of(e, null);
        }
    }

    private static String why(String host, Authorization failed) {
        return failed.getChallenges().stream()
                .flatMap(challenge -> challenge.getError().stream())
                .findFirst()
                .map(problem -> "%s: %s".formatted(host, Refusals.said(problem)))
                .orElse(
                        "%s could not be validated, the authority does not say why"
                                .formatted(host));
    }

    @Override
    public void finish(KeyPair key) throws IssuingException {
        try {
            order.execute(key);
            progress = Progress.PROCESSING;
        } catch (AcmeException | RuntimeException e) {
            throw refusals.of(e, null);
        }
    }

    @Override
    public String chain() throws IssuingException {
        try {
            if (order.getStatus() != Status.VALID) {
                order.fetch();
            }
            Certificate certificate = order.getCertificate();
            certificate.download();
            StringWriter text = new StringWriter();
            certificate.writeCertificate(text);
            return text.toString();
        } catch (AcmeException | RuntimeException e) {
            throw refusals.of(e, null);
        } catch (IOException e) {
            throw new IllegalStateException("text in memory", e);
        }
    }
}

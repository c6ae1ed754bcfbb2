package dev.berth.reconciler.certificate.acme;

import dev.berth.reconciler.certificate.Authority;
import dev.berth.reconciler.certificate.CertificateShelf;
import dev.berth.reconciler.certificate.CheckedCertificate;
import dev.berth.reconciler.certificate.Held;
import dev.berth.reconciler.certificate.Issuer;
import dev.berth.reconciler.certificate.IssuingException;
import dev.berth.reconciler.certificate.RenewalTime.Window;
import dev.berth.reconciler.certificate.Setback.Kind;
import dev.berth.reconciler.notify.Reach;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Certificate;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.OrderBuilder;
import org.shredzone.acme4j.RenewalInfo;
import org.shredzone.acme4j.RevocationReason;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An account at an ACME server. It is made, or found by its key, when it is needed first; a server
 * that has forgotten it is told of the same key once more. Thread-safe.
 */
final class AcmeAuthority implements Authority {
    private static final Logger LOG = LoggerFactory.getLogger(AcmeAuthority.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

    private final Issuer issuer;
    private final CertificateShelf shelf;
    private final Function<SecretRef, @Nullable Secret> secrets;
    private final Reach reach;
    private final Refusals refusals;

    // Guarded by this.
    private @Nullable Session session;
    private @Nullable Login login;

    AcmeAuthority(
            Issuer issuer,
            CertificateShelf shelf,
            Function<SecretRef, @Nullable Secret> secrets,
            Reach reach,
            InstantSource clock) {
        this.issuer = issuer;
        this.shelf = shelf;
        this.secrets = secrets;
        this.reach = reach;
        this.refusals = new Refusals(issuer.directory(), clock);
    }

    /** Something that is asked with an account. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(Login login) throws AcmeException, IssuingException;
    }

    private <T> T ask(Question<T> question) throws IssuingException {
        try {
            Login first = login();
            try {
                return question.ask(first);
            } catch (AcmeServerException e) {
                if (!Refusals.isOf(e, "accountDoesNotExist")) {
                    throw e;
                }
                LOG.info("{} does not know the account any more", issuer.directory());
                forget(first);
                return question.ask(login());
            }
        } catch (AcmeException | RuntimeException e) {
            throw refusals.of(e, session());
        }
    }

    private synchronized void forget(Login lost) {
        if (lost.equals(login)) {
            login = null;
        }
    }

    private synchronized Session session() throws IssuingException {
        if (session == null) {
            try {
                session =
                        new Session(
                                issuer.directory(), AcmeServer.trustedBy(issuer.trust(), reach));
                session.networkSettings().setTimeout(ANSWER_WITHIN);
            } catch (GeneralSecurityException e) {
                throw new IssuingException(Kind.REFUSED, "spec.acme.trust: " + e.getMessage());
            }
        }
        return session;
    }

    private synchronized Login login() throws AcmeException, IssuingException {
        Session now = session();
        if (login == null) {
            AccountBuilder account = new AccountBuilder().agreeToTermsOfService();
            try {
                account.useKeyPair(shelf.account(issuer));
            } catch (IOException e) {
                throw new IssuingException(
                        Kind.DISK, "the account's key can't be read or kept: " + e.getMessage());
            }
            if (issuer.email() != null) {
                account.addEmail(issuer.email());
            }
            Issuer.External external = issuer.external();
            if (external != null) {
                account.withKeyIdentifier(external.keyId(), hmac(external.hmac()));
            }
            login = account.createLogin(now);
        }
        return login;
    }

    private String hmac(SecretRef name) throws IssuingException {
        Secret value = secrets.apply(name);
        if (value == null) {
            throw new IssuingException(
                    Kind.REFUSED,
                    "the key of the external account, %s, is not known".formatted(name));
        }
        return value.text().strip();
    }

    @Override
    public Terms terms() throws IssuingException {
        Session now = session();
        try {
            return new Terms(Set.copyOf(now.getMetadata().getCaaIdentities()));
        } catch (AcmeException | RuntimeException e) {
            throw refusals.of(e, now);
        }
    }

    @Override
    public @Nullable Duration ahead() throws IssuingException {
        return refusals.ahead(session());
    }

    @Override
    public Order order(SortedSet<String> names, @Nullable String profile, @Nullable Held replaces)
            throws IssuingException {
        return ask(
                login -> {
                    if (replaces != null && advises(login)) {
                        try {
                            OrderBuilder renewal = builder(login, names, profile);
                            renewal.replaces(CheckedCertificate.leaf(replaces.chain()));
                            return new AcmeOrder(renewal.create(), refusals);
                        } catch (CertificateException e) {
                            LOG.warn("the certificate of {} can't be read", names, e);
                        } catch (AcmeServerException e) {
                            if (!isRefusal(e)) {
                                throw e;
                            }
                            LOG.info("{} is not said to be replaced: {}", names, e.getMessage());
                        }
                    }
                    return new AcmeOrder(builder(login, names, profile).create(), refusals);
                });
    }

    /** Whether it is of what was asked for, and neither of the account nor of the moment. */
    private boolean isRefusal(AcmeServerException e) {
        return !Refusals.isOf(e, "accountDoesNotExist")
                && refusals.of(e, null).kind() == Kind.REFUSED;
    }

    private static OrderBuilder builder(
            Login login, SortedSet<String> names, @Nullable String profile) {
        OrderBuilder order = login.newOrder().domains(names);
        return profile == null ? order : order.profile(profile);
    }

    private static boolean advises(Login login) throws AcmeException {
        return login.getSession().resourceUrlOptional(Resource.RENEWAL_INFO).isPresent();
    }

    @Override
    public @Nullable Order resume(URI url) throws IssuingException {
        return ask(login -> {
                    try {
                        org.shredzone.acme4j.Order order = login.bindOrder(url.toURL());
                        order.fetch();
                        return Optional.<Order>of(new AcmeOrder(order, refusals));
                    } catch (MalformedURLException e) {
                        return Optional.<Order>empty();
                    } catch (AcmeServerException e) {
                        if (!isRefusal(e)) {
                            throw e;
                        }
                        return Optional.<Order>empty();
                    }
                })
                .orElse(null);
    }

    @Override
    public Advice advice(Held held) throws IssuingException {
        return ask(
                login -> {
                    if (!advises(login)) {
                        return new Advice(null, null);
                    }
                    try {
                        RenewalInfo info =
                                login.bindRenewalInfo(CheckedCertificate.leaf(held.chain()));
                        Instant again = info.fetch().orElse(null);
                        Instant start = info.getSuggestedWindowStart();
                        Instant end = info.getSuggestedWindowEnd();
                        return new Advice(
                                end.isAfter(start) ? new Window(start, end) : null, again);
                    } catch (CertificateException e) {
                        return new Advice(null, null);
                    }
                });
    }

    @Override
    public void revoke(String chain) throws IssuingException {
        ask(
                login -> {
                    try {
                        Certificate.revoke(
                                login, CheckedCertificate.leaf(chain), RevocationReason.SUPERSEDED);
                    } catch (CertificateException e) {
                        LOG.warn("what was replaced can't be read, so it is not revoked", e);
                    } catch (AcmeServerException e) {
                        if (!Refusals.isOf(e, "alreadyRevoked")) {
                            throw e;
                        }
                    }
                    return true;
                });
    }
}

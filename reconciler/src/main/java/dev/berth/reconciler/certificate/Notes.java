package dev.berth.reconciler.certificate;

import dev.berth.reconciler.certificate.RenewalTime.Window;
import java.net.URI;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What has to be known of certificates over restarts beside themselves, so that one who starts
 * again and again does not ask an authority more often than it allows. Immutable; to lose it costs
 * patience and nothing else.
 *
 * @param certificates by {@link CertificateId}
 * @param accounts what keeps all orders of an account, by {@link Issuer#account}
 * @param revocations what is still to be revoked
 */
record Notes(
        SortedMap<String, Note> certificates,
        SortedMap<String, Setback> accounts,
        List<Revocation> revocations) {
    static final Notes NONE =
            new Notes(Collections.emptySortedMap(), Collections.emptySortedMap(), List.of());

    Notes {
        certificates = Collections.unmodifiableSortedMap(new TreeMap<>(certificates));
        accounts = Collections.unmodifiableSortedMap(new TreeMap<>(accounts));
        revocations = List.copyOf(revocations);
    }

    /**
     * What is known of one.
     *
     * @param order an order of it that is not over
     * @param window when its authority wants it renewed
     * @param look when to ask for that again
     */
    record Note(
            @Nullable Setback setback,
            @Nullable URI order,
            @Nullable Window window,
            @Nullable Instant look) {
        static final Note NONE = new Note(null, null, null, null);

        Note with(@Nullable Setback other) {
            return new Note(other, order, window, look);
        }

        Note at(@Nullable URI other) {
            return new Note(setback, other, window, look);
        }

        Note advised(@Nullable Window other, Instant again) {
            return new Note(setback, order, other, again);
        }
    }

    /**
     * A certificate that is replaced because its key may be known to others.
     *
     * @param chain in PEM
     * @param account who can revoke it
     * @param unused whether the edge serves it to nobody any more; before, it is not revoked
     * @param until then it is given up
     */
    record Revocation(
            CertificateId id,
            String chain,
            String account,
            boolean unused,
            Instant nextTry,
            Instant until) {
        /** It is served to nobody any more. */
        Revocation out() {
            return new Revocation(id, chain, account, true, nextTry, until);
        }

        /** It is tried again then. */
        Revocation again(Instant then) {
            return new Revocation(id, chain, account, unused, then, until);
        }
    }

    Note of(CertificateId id) {
        return certificates.getOrDefault(id.text(), Note.NONE);
    }

    /**
     * The hosts that are ordered together: all but those that failed by themselves, each of which
     * is tried alone. May be empty.
     */
    SortedSet<String> together(Wanted.Ordered wanted) {
        SortedSet<String> hosts = new TreeSet<>(wanted.names());
        if (hosts.size() > 1) {
            hosts.removeIf(host -> of(wanted.alone(host).id()).setback() != null);
        }
        return hosts;
    }

    /** What keeps a host from its certificate; {@code null} = nothing is known to. */
    @Nullable Setback setback(Wanted.Ordered wanted, String host) {
        SortedSet<String> together = together(wanted);
        Setback own =
                of((together.contains(host) ? wanted.only(together) : wanted.alone(host)).id())
                        .setback();
        return own == null ? accounts.get(wanted.issuer().account()) : own;
    }

    Notes with(CertificateId id, UnaryOperator<Note> change) {
        SortedMap<String, Note> changed = new TreeMap<>(certificates);
        Note after = change.apply(of(id));
        if (after.equals(Note.NONE)) {
            changed.remove(id.text());
        } else {
            changed.put(id.text(), after);
        }
        return new Notes(changed, accounts, revocations);
    }

    Notes withAccount(String account, @Nullable Setback setback) {
        SortedMap<String, Setback> changed = new TreeMap<>(accounts);
        if (setback == null) {
            changed.remove(account);
        } else {
            changed.put(account, setback);
        }
        return new Notes(certificates, changed, revocations);
    }

    /** One more to be revoked; those of a chain that is noted already change nothing. */
    Notes and(Revocation one) {
        return revocations.stream().anyMatch(r -> r.chain().equals(one.chain()))
                ? this
                : new Notes(
                        certificates,
                        accounts,
                        Stream.concat(revocations.stream(), Stream.of(one)).toList());
    }

    /** With what is made of each that is to be revoked; {@code null} = it is not any more. */
    Notes revocations(Function<Revocation, @Nullable Revocation> change) {
        return new Notes(
                certificates,
                accounts,
                revocations.stream().map(change).filter(Objects::nonNull).toList());
    }

    /** Without those that nobody wants or has. */
    Notes only(Collection<CertificateId> used) {
        SortedMap<String, Note> kept = new TreeMap<>(certificates);
        kept.keySet().retainAll(used.stream().map(CertificateId::text).toList());
        return new Notes(kept, accounts, revocations);
    }
}

package dev.berth.reconciler.certificate;

import dev.berth.reconciler.certificate.RenewalTime.Window;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
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
    /** A limit may be of one host: the others find out by themselves. */
    private static final Duration ACCOUNT_WAITS = Duration.ofHours(1);

    private static final SortedMap<String, String> NO_HOSTS = Collections.emptySortedMap();

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
     * @param names that it is for, or is asked for
     * @param order an order of it that is not over
     * @param window when its authority wants it renewed
     * @param look when to ask for that again
     */
    record Note(
            SortedSet<String> names,
            @Nullable Setback setback,
            @Nullable URI order,
            @Nullable Window window,
            @Nullable Instant look) {
        private static final Note NONE =
                new Note(Collections.emptySortedSet(), null, null, null, null);

        Note {
            names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
        }

        /** Nothing is known. */
        static Note of(SortedSet<String> names) {
            return new Note(names, null, null, null, null);
        }

        Note with(@Nullable Setback other) {
            return new Note(names, other, order, window, look);
        }

        Note at(@Nullable URI other) {
            return new Note(names, setback, other, window, look);
        }

        Note advised(@Nullable Window other, Instant again) {
            return new Note(names, setback, order, other, again);
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

    Notes with(Wanted.Ordered of, UnaryOperator<Note> change) {
        return with(of.id(), of.names(), change);
    }

    Notes with(Held of, UnaryOperator<Note> change) {
        return with(of.id(), of.names(), change);
    }

    private Notes with(CertificateId id, SortedSet<String> names, UnaryOperator<Note> change) {
        SortedMap<String, Note> changed = new TreeMap<>(certificates);
        Note after = change.apply(changed.getOrDefault(id.text(), Note.of(names)));
        if (after.equals(Note.of(names))) {
            changed.remove(id.text());
        } else {
            changed.put(id.text(), after);
        }
        return new Notes(changed, accounts, revocations);
    }

    /** It is there: what failed before, with it or with a part of its hosts, is of no account. */
    Notes issued(Wanted.Ordered wanted) {
        Notes notes = with(wanted, note -> Note.of(note.names()));
        for (Note part : partsOf(wanted)) {
            notes = notes.with(wanted.only(part.names()), note -> note.with(null).at(null));
        }
        return notes.withAccount(wanted.issuer().account(), null);
    }

    /** That it was refused does not count any more. */
    Notes forgiven(Wanted.Ordered wanted) {
        Notes notes = withAccount(wanted.issuer().account(), null);
        for (Note part : partsOf(wanted)) {
            if (part.setback() != null && part.setback().kind() == Setback.Kind.REFUSED) {
                notes = notes.with(wanted.only(part.names()), note -> note.with(null));
            }
        }
        return notes;
    }

    /**
     * It could not be had. Afterwards it is not due at once again: what is asked for next waits, or
     * has fewer hosts.
     */
    Notes failed(
            Wanted.Ordered wanted, IssuingException failure, Instant now, RandomGenerator random) {
        Setback.Kind kind = failure.kind();
        Notes notes = this;
        SortedMap<String, String> hosts = kind.isOfAHost() ? hosts(wanted, failure) : NO_HOSTS;
        for (Map.Entry<String, String> each : hosts.entrySet()) {
            notes =
                    notes.failed(
                            wanted.alone(each.getKey()), failure, each.getValue(), now, random);
        }
        if (hosts.isEmpty()) {
            notes = notes.failed(wanted, failure, failure.why(), now, random);
            if (kind == Setback.Kind.RATE_LIMITED || kind == Setback.Kind.UNREACHABLE) {
                String account = wanted.issuer().account();
                notes =
                        notes.withAccount(
                                account,
                                Setback.after(
                                                accounts.get(account),
                                                kind,
                                                failure.why(),
                                                failure.notBefore(),
                                                now,
                                                random)
                                        .within(ACCOUNT_WAITS));
            }
        }
        boolean over = kind == Setback.Kind.VALIDATION || kind == Setback.Kind.REFUSED;
        return over ? notes.with(wanted, note -> note.at(null)) : notes;
    }

    private Notes failed(
            Wanted.Ordered wanted,
            IssuingException failure,
            String why,
            Instant now,
            RandomGenerator random) {
        Setback after =
                Setback.after(
                        of(wanted.id()).setback(),
                        failure.kind(),
                        why,
                        failure.notBefore(),
                        now,
                        random);
        return with(wanted, note -> note.with(after));
    }

    /** Those of the hosts that it is about; one may name a wildcard without its star. */
    private static SortedMap<String, String> hosts(
            Wanted.Ordered wanted, IssuingException failure) {
        SortedMap<String, String> hosts = new TreeMap<>();
        failure.hosts()
                .forEach(
                        (host, why) -> {
                            String name = wanted.names().contains(host) ? host : "*." + host;
                            if (wanted.names().contains(name)) {
                                hosts.put(name, why);
                            }
                        });
        return hosts;
    }

    /** Notes of it and of what was asked for some of its hosts. */
    private List<Note> partsOf(Wanted.Ordered wanted) {
        return certificates.entrySet().stream()
                .filter(each -> isPart(each.getKey(), each.getValue().names(), wanted))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static boolean isPart(String id, SortedSet<String> names, Wanted.Ordered wanted) {
        return !names.isEmpty()
                && wanted.names().containsAll(names)
                && wanted.only(names).id().text().equals(id);
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

    /**
     * Those of what is wanted, all or for a part of its hosts, and of these others.
     *
     * @param others texts of {@link CertificateId}s
     */
    Notes only(Collection<Wanted.Ordered> wanted, Set<String> others) {
        SortedMap<String, Note> kept = new TreeMap<>(certificates);
        kept.entrySet()
                .removeIf(
                        each ->
                                !others.contains(each.getKey())
                                        && wanted.stream()
                                                .noneMatch(
                                                        w ->
                                                                isPart(
                                                                        each.getKey(),
                                                                        each.getValue().names(),
                                                                        w)));
        return new Notes(kept, accounts, revocations);
    }
}

package dev.berth.reconciler.certificate;

import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.status.CertificateStatus.Source;
import dev.berth.schemas.status.ReasonCode;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How it stands with the certificate of each host that wants one. */
record Standings(SortedMap<String, CertificateReading> readings) implements CertificateReadings {
    static final Standings NONE = new Standings(new TreeMap<>());

    @Override
    public @Nullable CertificateReading of(String host) {
        CertificateReading exact = readings.get(host);
        return exact != null || host.startsWith("*.")
                ? exact
                : readings.get(Coverage.wildcard(host));
    }

    /** One that stands otherwise than before; {@code null} when none does. */
    @Nullable String firstOtherThan(Standings before) {
        SortedSet<String> hosts = new TreeSet<>(readings.keySet());
        hosts.addAll(before.readings.keySet());
        return hosts.stream()
                .filter(h -> !Objects.equals(readings.get(h), before.readings.get(h)))
                .findFirst()
                .orElse(null);
    }

    /**
     * @param served what the edge has said that it serves
     * @param asked since when it has not said so of what it was given since; {@code null} = it has
     */
    static Standings of(
            Collection<Wanted> wanted,
            Collection<Held> held,
            Function<SecretRef, @Nullable Secret> secrets,
            Notes notes,
            Set<Certificate> served,
            @Nullable Instant asked,
            Times times) {
        Making making = new Making(new Coverage(held), secrets, notes, served, asked, times);
        wanted.forEach(making::add);
        making.coverage.waiting(wanted, times).forEach(making::await);
        return new Standings(making.readings);
    }

    private static final class Making {
        private final Coverage coverage;
        private final Function<SecretRef, @Nullable Secret> secrets;
        private final Notes notes;
        private final @Nullable Instant asked;
        private final Times times;
        private final Map<String, Certificate> served;
        private final SortedMap<String, CertificateReading> readings = new TreeMap<>();

        Making(
                Coverage coverage,
                Function<SecretRef, @Nullable Secret> secrets,
                Notes notes,
                Set<Certificate> served,
                @Nullable Instant asked,
                Times times) {
            this.coverage = coverage;
            this.secrets = secrets;
            this.notes = notes;
            this.asked = asked;
            this.times = times;
            this.served =
                    served.stream()
                            .flatMap(c -> c.names().stream().map(n -> Map.entry(n, c)))
                            .collect(
                                    Collectors.toMap(
                                            Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a));
        }

        void add(Wanted wanted) {
            switch (wanted) {
                case Wanted.Ordered ordered ->
                        ordered.names().forEach(host -> readings.put(host, ordered(host, ordered)));
                case Wanted.Lacking lacking ->
                        lacking.names()
                                .forEach(
                                        host ->
                                                readings.put(
                                                        host,
                                                        there(
                                                                host,
                                                                coverage.best(host, null, times),
                                                                reason(lacking.why()),
                                                                message(lacking.why(), host),
                                                                null)));
                case Wanted.Brought brought ->
                        brought.names().forEach(host -> readings.put(host, brought(host, brought)));
            }
        }

        /** A host goes on with its own until there is the wildcard that is wanted. */
        void await(String host, Wanted.Ordered wildcard) {
            readings.put(
                    host,
                    there(
                            host,
                            coverage.best(host, wildcard, times),
                            notes.setback(wildcard, Coverage.wildcard(host))));
        }

        private CertificateReading ordered(String host, Wanted.Ordered wanted) {
            Held best = coverage.best(host, wanted, times);
            Instant now = times.at(wanted.issuer().directory());
            boolean fresh =
                    best != null
                            && best.serves(wanted, host)
                            && !best.isOlderThan(wanted.reissuedAt(), now)
                            && renewAt(best).isAfter(now);
            return there(host, best, fresh ? null : notes.setback(wanted, host));
        }

        private Instant renewAt(Held held) {
            return RenewalTime.of(held, notes.of(held.id()).window());
        }

        private CertificateReading there(
                String host, @Nullable Held best, @Nullable Setback setback) {
            return setback == null
                    ? there(host, best, null, "", null)
                    : there(
                            host,
                            best,
                            setback.kind().reason(),
                            setback.message(),
                            setback.nextTry());
        }

        private CertificateReading there(
                String host,
                @Nullable Held best,
                @Nullable ReasonCode reason,
                String message,
                @Nullable Instant nextTry) {
            boolean at = best != null && isServed(host, best.chain());
            return new CertificateReading(
                    best == null ? new TreeSet<>(Set.of(host)) : best.names(),
                    Source.ORDERED,
                    best == null ? null : best.issuer(),
                    best == null ? null : best.notBefore(),
                    best == null ? null : best.notAfter(),
                    best == null ? null : renewAt(best),
                    at,
                    at ? null : asked,
                    reason,
                    message,
                    nextTry);
        }

        private CertificateReading brought(String host, Wanted.Brought wanted) {
            Secret chain = secrets.apply(wanted.chain());
            Secret key = secrets.apply(wanted.key());
            if (chain == null || key == null) {
                return bad(
                        wanted,
                        "%s is not known".formatted(chain == null ? wanted.chain() : wanted.key()));
            }
            try {
                CheckedCertificate read = CheckedCertificate.of(chain.text(), key.text());
                boolean fits = Coverage.covers(read.names(), host);
                boolean at = isServed(host, read.chain());
                return new CertificateReading(
                        read.names(),
                        Source.BROUGHT,
                        read.issuer(),
                        read.notBefore(),
                        read.notAfter(),
                        null,
                        at,
                        at ? null : asked,
                        fits ? null : ReasonCode.CertificateInvalid,
                        fits
                                ? ""
                                : "the certificate in %s is for %s and not for %s"
                                        .formatted(
                                                wanted.chain(),
                                                String.join(", ", read.names()),
                                                host),
                        null);
            } catch (CertificateException e) {
                return bad(wanted, "%s: %s".formatted(wanted.chain(), e.getMessage()));
            }
        }

        private boolean isServed(String host, String chain) {
            Certificate at = served.get(host);
            return at != null && at.chain().equals(chain);
        }

        private static CertificateReading bad(Wanted.Brought wanted, String message) {
            return new CertificateReading(
                    wanted.names(),
                    Source.BROUGHT,
                    null,
                    null,
                    null,
                    null,
                    false,
                    null,
                    ReasonCode.CertificateInvalid,
                    message,
                    null);
        }

        private static ReasonCode reason(Wanted.Why why) {
            return switch (why) {
                case NO_AUTHORITY, NO_DNS -> ReasonCode.NotConfigured;
                case PREVIEW -> ReasonCode.WildcardNeeded;
            };
        }

        private static String message(Wanted.Why why, String host) {
            return switch (why) {
                case NO_AUTHORITY ->
                        "no certificate is ordered: the Instance names no authority (spec.acme)";
                case PREVIEW ->
                        "previews get no certificate of their own: one for a wildcard is needed"
                                + " (spec.dns and spec.acme of the Instance)";
                case NO_DNS ->
                        "%s can be proven by DNS only, and no entry of spec.dns of the Instance is for it"
                                .formatted(host);
            };
        }
    }
}

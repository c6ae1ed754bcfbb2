package dev.berth.reconciler.status;

import dev.berth.reconciler.certificate.CertificateReading;
import dev.berth.reconciler.certificate.CertificateReadings;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with the certificates of a resource's hosts. Ready does not depend on any of it: a
 * host without one is served over http. Pure.
 *
 * @param now the end of the pass
 */
record HostCertificates(DesiredState.Known desired, CertificateReadings readings, Instant now) {
    /** What part of its life is left when a certificate that is not renewed becomes an alarm. */
    private static final int LAST_PART = 6;

    /** The lightest first; whatever else keeps a certificate away weighs as much as an old one. */
    private static final List<ReasonCode> BY_WEIGHT =
            List.of(
                    ReasonCode.Succeeded,
                    ReasonCode.NotConfigured,
                    ReasonCode.WildcardNeeded,
                    ReasonCode.CertificateIssuing,
                    ReasonCode.CertificateExpiring,
                    ReasonCode.CertificateExpired);

    /** More than a start of the edge or of control takes, after which the edge says it anew. */
    private static final Duration EDGE_TAKES = Duration.ofMinutes(2);

    private static final int MOST_HOSTS = 3;
    static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /**
     * One host, as far as it is to be told.
     *
     * @param reason {@link ReasonCode#Succeeded} = it has one that is served
     */
    private record Verdict(String host, ReasonCode reason, String message) {}

    /** Why hosts have none, and when it is tried again. */
    private record Lack(
            CertificateStatus.Source source,
            @Nullable ReasonCode reason,
            @Nullable Instant nextTry) {}

    /**
     * Every certificate of its hosts once, by its first name; hosts that lack one for the same
     * cause until the same time together.
     */
    List<CertificateStatus> of(ResourceId id) {
        Map<Object, CertificateReading> all = new LinkedHashMap<>();
        Map<Object, SortedSet<String>> names = new HashMap<>();
        for (String host : hosts(id)) {
            CertificateReading reading = readings.of(host);
            if (reading != null) {
                Object row = row(reading);
                all.putIfAbsent(row, reading);
                names.computeIfAbsent(row, _ -> new TreeSet<>()).addAll(reading.names());
            }
        }
        return all.entrySet().stream()
                .map(
                        entry -> {
                            CertificateReading reading = entry.getValue();
                            return new CertificateStatus(
                                    List.copyOf(
                                            names.getOrDefault(entry.getKey(), reading.names())),
                                    reading.source(),
                                    reading.issuer(),
                                    reading.notAfter(),
                                    reading.renewAt(),
                                    reading.nextTry());
                        })
                .toList();
    }

    /** What is told together: a certificate, or hosts that lack one for the same cause. */
    private static Object row(CertificateReading reading) {
        return reading.notAfter() == null
                ? new Lack(reading.source(), reading.reason(), reading.nextTry())
                : reading.names();
    }

    /** Nothing when no host of it needs one. */
    Stream<Condition> condition(ResourceId id, Conditions conditions) {
        List<Verdict> verdicts = new ArrayList<>();
        for (String host : hosts(id)) {
            CertificateReading reading = readings.of(host);
            if (reading != null) {
                verdicts.add(verdict(host, reading, wasReady(conditions)));
            }
        }
        if (verdicts.isEmpty()) {
            return Stream.empty();
        }
        ReasonCode worst =
                verdicts.stream()
                        .map(Verdict::reason)
                        .max(Comparator.comparingInt(HostCertificates::weight))
                        .orElse(ReasonCode.Succeeded);
        return Stream.of(
                conditions.condition(
                        ConditionType.CertificateReady,
                        worst == ReasonCode.Succeeded ? Status.True : Status.False,
                        worst,
                        message(verdicts.stream().filter(v -> v.reason() == worst).toList())));
    }

    /** Whether the edge serves one for a host that clients take now. */
    boolean covers(String host) {
        CertificateReading reading = readings.of(host);
        return reading != null
                && reading.served()
                && reading.notAfter() != null
                && now.isBefore(reading.notAfter());
    }

    private NavigableSet<String> hosts(ResourceId id) {
        NavigableSet<String> hosts = new TreeSet<>();
        desired.claims().ownedBy(id).forEach(route -> hosts.add(route.host()));
        if (id.kind() == Kind.Instance) {
            hosts.add("*." + desired.settings().domain());
        }
        return hosts;
    }

    private static boolean wasReady(Conditions conditions) {
        Condition before =
                conditions.before() == null
                        ? null
                        : conditions.before().condition(ConditionType.CertificateReady);
        return before != null && before.status() == Status.True;
    }

    private Verdict verdict(String host, CertificateReading reading, boolean wasReady) {
        Instant notBefore = reading.notBefore();
        Instant notAfter = reading.notAfter();
        if (reading.reason() == ReasonCode.CertificateInvalid) { // it may last, and is another's
            return new Verdict(host, ReasonCode.CertificateInvalid, reading.message());
        }
        if (notBefore == null || notAfter == null) {
            ReasonCode reason = reading.reason();
            return reason == null
                    ? new Verdict(host, ReasonCode.CertificateIssuing, "is being ordered")
                    : new Verdict(host, reason, reading.message() + next(reading));
        }
        String until = until(reading, notAfter);
        if (!now.isBefore(notAfter)) {
            return new Verdict(host, ReasonCode.CertificateExpired, until);
        }
        Duration last = Duration.between(notBefore, notAfter).dividedBy(LAST_PART);
        if (!now.isBefore(notAfter.minus(last))) {
            return new Verdict(host, ReasonCode.CertificateExpiring, until);
        }
        Instant asked = reading.asked();
        if (asked != null && !now.isBefore(asked.plus(EDGE_TAKES))) {
            return new Verdict(
                    host,
                    ReasonCode.EdgeUnavailable,
                    "is there, and the edge has not said since %s that it serves it"
                            .formatted(MINUTE.format(asked)));
        }
        return reading.served() || wasReady
                ? new Verdict(host, ReasonCode.Succeeded, until)
                : new Verdict(
                        host,
                        ReasonCode.CertificateIssuing,
                        "is there, and the edge has not said yet that it serves it");
    }

    private static String until(CertificateReading reading, Instant notAfter) {
        StringBuilder text = new StringBuilder("until ").append(MINUTE.format(notAfter));
        if (reading.reason() != null) {
            text.append("; it could not be renewed: ").append(reading.message());
            text.append(next(reading));
        } else if (reading.renewAt() != null) {
            text.append(", renewed about ").append(MINUTE.format(reading.renewAt()));
        } else if (reading.source() == CertificateStatus.Source.BROUGHT) {
            text.append(", renewed by who put it into its Secret");
        }
        return text.toString();
    }

    private static String next(CertificateReading reading) {
        @Nullable Instant next = reading.nextTry();
        return next == null ? "" : "; next try " + MINUTE.format(next);
    }

    /** Hosts of which the same is to be said are named together. */
    private static String message(List<Verdict> verdicts) {
        Map<String, List<String>> hosts = new LinkedHashMap<>();
        verdicts.forEach(
                v -> hosts.computeIfAbsent(v.message(), _ -> new ArrayList<>()).add(v.host()));
        List<String> said = new ArrayList<>();
        hosts.forEach((message, named) -> said.add(names(named) + ": " + message));
        return String.join("\n", said);
    }

    private static String names(List<String> hosts) {
        return hosts.size() <= MOST_HOSTS
                ? String.join(", ", hosts)
                : "%s and %d more"
                        .formatted(
                                String.join(", ", hosts.subList(0, MOST_HOSTS)),
                                hosts.size() - MOST_HOSTS);
    }

    /** What is worse counts more: what clients see first, and what nobody asked for last. */
    static int weight(ReasonCode reason) {
        int place = BY_WEIGHT.indexOf(reason);
        return place < 0 ? BY_WEIGHT.indexOf(ReasonCode.CertificateExpiring) : place;
    }
}

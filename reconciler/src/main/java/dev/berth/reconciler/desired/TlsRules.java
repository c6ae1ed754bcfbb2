package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Acme;
import dev.berth.schemas.config.Cidr;
import dev.berth.schemas.config.DnsAccess;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Tls;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of certificates that records and their annotations can't say. Pure. */
final class TlsRules {
    private static final int MOST_PORTS = 65_535;

    private final ReadDocument read;
    private final Problems problems;

    private TlsRules(ReadDocument read, Problems problems) {
        this.read = read;
        this.problems = problems;
    }

    /** What a document says of the certificate of its hosts. */
    static void check(Tls tls, ReadDocument read, Problems problems) {
        TlsRules rules = new TlsRules(read, problems);
        String given = tls.off() ? "off" : tls.certificate() != null ? "certificate" : null;
        if (given != null && (tls.acme() != null || tls.profile() != null)) {
            rules.wrong(
                    tls.acme() != null ? "acme" : "profile",
                    "nothing is ordered beside %s: take one of them away".formatted(given),
                    "tls");
        }
        if (given != null && tls.reissuedAt() != null) {
            rules.wrong(
                    "reissuedAt",
                    "nothing is ordered beside %s, so nothing can be ordered anew".formatted(given),
                    "tls");
        }
        if (tls.off() && tls.certificate() != null) {
            rules.wrong("off", "a certificate is given: take one of them away", "tls");
        }
        rules.checkDirectory(tls.acme(), "tls", "acme");
    }

    /** What the Instance says. */
    static void check(Instance instance, ReadDocument read, Problems problems) {
        TlsRules rules = new TlsRules(read, problems);
        Instance.Spec spec = instance.spec();
        rules.checkDirectory(spec.acme(), "acme");
        for (int i = 0; i < spec.dns().size(); i++) {
            rules.checkAccess(spec.dns(), i);
        }
        rules.checkWildcard(spec);
        for (int i = 0; i < spec.edge().addresses().size(); i++) {
            try {
                Cidr.parse(spec.edge().addresses().get(i));
            } catch (IllegalArgumentException e) {
                problems.add(
                        read.at("spec", "edge", "addresses", i),
                        "spec.edge.addresses[%d]".formatted(i),
                        Problem.Code.VALUE,
                        "%s is no IP address"
                                .formatted(Words.quote(spec.edge().addresses().get(i))));
            }
        }
    }

    private void checkWildcard(Instance.Spec spec) {
        if (!Boolean.TRUE.equals(spec.wildcardCertificate())) {
            return;
        }
        if (spec.acme() == null) {
            wrong("wildcardCertificate", "without spec.acme nothing is ordered: add it");
        } else if (spec.dns().stream().noneMatch(dns -> dns.covers(spec.domain()))) {
            wrong(
                    "wildcardCertificate",
                    "a certificate for *.%s needs a record in DNS, and no entry of spec.dns is for that zone"
                            .formatted(spec.domain()));
        }
    }

    private void checkDirectory(@Nullable Acme acme, Object... at) {
        if (acme != null && acme.ofYourOwn() && !canBeAsked(acme.directory())) {
            wrong(
                    "directory",
                    "%s is no address that can be asked".formatted(acme.directory()),
                    at);
        }
    }

    private void checkAccess(List<DnsAccess> all, int i) {
        DnsAccess dns = all.get(i);
        for (int j = 0; j < i; j++) {
            if (isNeverAsked(dns, all.get(j))) {
                wrong(
                        "zones",
                        "all of it is already spec.dns[%d]'s, so this is never asked: put it first, or name other zones"
                                .formatted(j),
                        "dns",
                        i);
                break;
            }
        }
        if (dns.rfc2136() != null && !canBeAsked("dns://" + dns.rfc2136().server())) {
            wrong("server", "its port is at most 65535", "dns", i, "rfc2136");
        }
        if (dns.webhook() != null && !canBeAsked(dns.webhook().url())) {
            wrong(
                    "url",
                    "%s is no address that can be asked".formatted(dns.webhook().url()),
                    "dns",
                    i,
                    "webhook");
        }
    }

    private static boolean isNeverAsked(DnsAccess dns, DnsAccess before) {
        return before.zones().isEmpty()
                || (!dns.zones().isEmpty() && dns.zones().stream().allMatch(before::covers));
    }

    private static boolean canBeAsked(String url) {
        try {
            URI uri = new URI(url);
            return uri.getHost() != null && uri.getPort() <= MOST_PORTS;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** At the field, or at what it is in when it is not given. */
    private void wrong(String field, String message, Object... in) {
        Object[] steps = new Object[in.length + 2];
        steps[0] = "spec";
        System.arraycopy(in, 0, steps, 1, in.length);
        steps[in.length + 1] = field;
        StringBuilder path = new StringBuilder();
        for (Object step : steps) {
            path.append(
                    step instanceof Integer
                            ? "[" + step + "]"
                            : path.isEmpty() ? step.toString() : "." + step);
        }
        problems.add(read.at(steps), path.toString(), Problem.Code.VALUE, message);
    }

    /** Challenges that a wildcard can't be proven by. */
    static boolean canBeAWildcards(Tls tls) {
        return Set.of(Tls.Challenge.AUTO, Tls.Challenge.DNS_01).contains(tls.challenge())
                || tls.off()
                || tls.certificate() != null;
    }
}

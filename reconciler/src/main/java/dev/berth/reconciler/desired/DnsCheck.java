package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Acme;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.DnsAccess;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Tls;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether the records can be written that certificates need. An older document is not held back by
 * it: its hosts are served as they were.
 */
final class DnsCheck {
    private final Instance.Spec instance;
    private final Problems problems;

    private DnsCheck(Instance.Spec instance, Problems problems) {
        this.instance = instance;
        this.problems = problems;
    }

    /** The documents that don't count now. */
    static List<Choice> wrong(SortedMap<?, Choice> chosen, Instance instance, Problems problems) {
        DnsCheck check = new DnsCheck(instance.spec(), problems);
        List<Choice> wrong = new ArrayList<>();
        for (Choice choice : chosen.values()) {
            if (choice.current() && check.isWrong(choice)) {
                wrong.add(choice);
            }
        }
        return wrong;
    }

    private boolean isWrong(Choice choice) {
        if (choice.document() instanceof Domain domain) {
            String host = domain.spec().host();
            boolean wildcard = host.startsWith("*.");
            return isWrong(choice, domain.spec().tls(), host, wildcard);
        }
        if (choice.document() instanceof App app) {
            return Claim.hosts(app, instance.domain()).stream()
                    .anyMatch(host -> isWrong(choice, app.spec().tls(), host, false));
        }
        return false;
    }

    private boolean isWrong(Choice choice, Tls tls, String host, boolean wildcard) {
        @Nullable Acme acme = tls.acme() == null ? instance.acme() : tls.acme();
        boolean byDns = wildcard || tls.challenge() == Tls.Challenge.DNS_01;
        if (!byDns || tls.off() || tls.certificate() != null || acme == null || !acme.signs(host)) {
            return false;
        }
        List<DnsAccess> dns = instance.dns();
        if (dns.stream().anyMatch(access -> access.covers(host))) {
            return false;
        }
        boolean named = tls.challenge() == Tls.Challenge.DNS_01;
        problems.add(
                named
                        ? choice.read().at("spec", "tls", "challenge")
                        : choice.read().at("spec", "host"),
                named ? "spec.tls.challenge" : "spec.host",
                Problem.Code.VALUE,
                "a certificate for %s needs a record in DNS, and %s: add one, or say tls: {off: true}"
                        .formatted(
                                host,
                                dns.isEmpty()
                                        ? "the Instance has no spec.dns"
                                        : "no entry of spec.dns of the Instance is for that zone"));
        return true;
    }
}

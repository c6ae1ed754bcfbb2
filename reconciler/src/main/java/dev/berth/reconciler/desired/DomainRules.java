package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Domain;
import java.util.HashSet;
import java.util.Set;

/** The rules of a domain that its records and their annotations can't say. Pure. */
final class DomainRules {
    private DomainRules() {}

    static void check(Domain domain, ReadDocument read, Problems problems) {
        Domain.Spec spec = domain.spec();
        if (spec.host().equals(spec.redirectTo())) {
            problems.add(
                    read.at("spec", "redirectTo"),
                    "spec.redirectTo",
                    Problem.Code.VALUE,
                    "a host can't redirect to itself");
        }
        TlsRules.check(spec.tls(), read, problems);
        checkWildcard(spec, read, problems);
        if (spec.www() && Claim.twin(spec.host()).equals(spec.redirectTo())) {
            problems.add(
                    read.at("spec", "www"),
                    "spec.www",
                    Problem.Code.VALUE,
                    "%s can't be redirected to itself".formatted(spec.redirectTo()));
        }
        if (spec.redirectTo() == null && spec.routes().isEmpty()) {
            problems.add(
                    read.at("spec", "routes"),
                    "spec.routes",
                    Problem.Code.VALUE,
                    "at least one route is needed");
        }
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < spec.routes().size(); i++) {
            if (spec.routes().get(i).strip()
                    && Paths.route(spec.routes().get(i).path()).equals("/")) {
                problems.add(
                        read.at("spec", "routes", i, "strip"),
                        "spec.routes[" + i + "].strip",
                        Problem.Code.VALUE,
                        "there is nothing to take off the path /: name a longer path");
            }
            String fault = new RoutePath(spec.routes().get(i).path()).fault();
            if (fault != null) {
                problems.add(
                        read.at("spec", "routes", i, "path"),
                        "spec.routes[" + i + "].path",
                        Problem.Code.VALUE,
                        fault);
            }
            if (!paths.add(Paths.route(spec.routes().get(i).path()))) {
                problems.add(
                        read.at("spec", "routes", i, "path"),
                        "spec.routes[" + i + "].path",
                        Problem.Code.VALUE,
                        "this path is already in the list");
            }
        }
    }

    private static void checkWildcard(Domain.Spec spec, ReadDocument read, Problems problems) {
        if (!spec.host().startsWith("*.")) {
            return;
        }
        if (spec.www()) {
            problems.add(
                    read.at("spec", "www"),
                    "spec.www",
                    Problem.Code.VALUE,
                    "%s has every name already, www too".formatted(spec.host()));
        }
        if (!TlsRules.canBeAWildcards(spec.tls())) {
            problems.add(
                    read.at("spec", "tls", "challenge"),
                    "spec.tls.challenge",
                    Problem.Code.VALUE,
                    "a certificate for %s is proven by dns-01 alone".formatted(spec.host()));
        }
    }
}

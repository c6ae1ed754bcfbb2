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
        if (spec.redirectTo() == null && spec.routes().isEmpty()) {
            problems.add(
                    read.at("spec", "routes"),
                    "spec.routes",
                    Problem.Code.VALUE,
                    "at least one route is needed");
        }
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < spec.routes().size(); i++) {
            if (!paths.add(Paths.route(spec.routes().get(i).path()))) {
                problems.add(
                        read.at("spec", "routes", i, "path"),
                        "spec.routes[" + i + "].path",
                        Problem.Code.VALUE,
                        "this path is already in the list");
            }
        }
    }
}

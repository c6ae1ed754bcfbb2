package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Redirects that lead back to where they begin. Every document on the way is told; each falls back,
 * and those that were right before go on as they were.
 */
final class RedirectCheck {
    private final Fates fates;
    private final Problems problems;
    private final Set<String> hosts = new HashSet<>();
    private final Map<String, Claim> redirects = new HashMap<>();

    RedirectCheck(Fates fates, List<Claim> claims, Problems problems) {
        this.fates = fates;
        this.problems = problems;
        for (Claim claim : claims) {
            hosts.add(claim.route().host());
            if (claim.route().destination() instanceof DesiredRoute.ToHost) {
                redirects.putIfAbsent(claim.route().host(), claim);
            }
        }
    }

    /** The documents that don't count now. */
    Set<Choice> wrong() {
        Set<Choice> wrong = new HashSet<>();
        for (Claim claim : redirects.values()) {
            List<Claim> way = circle(claim);
            List<Choice> on = way.stream().map(Claim::choice).toList();
            List<Choice> newest = on.stream().filter(Choice::current).toList();
            wrong.addAll(newest.isEmpty() ? on : newest);
            if (!way.isEmpty() && claim.choice().current()) {
                tell(claim, way);
            }
        }
        return wrong;
    }

    /** The redirects from one to itself; none when it leads to where none is. */
    private List<Claim> circle(Claim from) {
        List<Claim> way = new ArrayList<>();
        Claim at = from;
        while (at != null && !way.contains(at)) {
            way.add(at);
            at = next(at);
        }
        return from.equals(at) ? way : List.of();
    }

    private @Nullable Claim next(Claim claim) {
        String to = target(claim);
        Claim exact = redirects.get(to);
        int dot = to.indexOf('.');
        return hosts.contains(to) || dot < 0 || mayBeClaimed()
                ? exact
                : redirects.get("*" + to.substring(dot));
    }

    /** A document that is not right yet may be about the host that a wildcard answers for now. */
    private boolean mayBeClaimed() {
        return fates.held().stream()
                .anyMatch(id -> id.kind() == Kind.App || id.kind() == Kind.Domain);
    }

    private static String target(Claim claim) {
        return claim.route().destination() instanceof DesiredRoute.ToHost(String host) ? host : "";
    }

    private void tell(Claim claim, List<Claim> way) {
        String last = target(way.getLast());
        StringBuilder hops = new StringBuilder(claim.route().host());
        way.forEach(hop -> hops.append(" -> ").append(target(hop)));
        boolean here =
                claim.choice().document() instanceof Domain domain
                        && domain.spec().redirectTo() != null;
        String field = here ? "redirectTo" : "www";
        problems.add(
                claim.choice().read().at("spec", field),
                "spec." + field,
                Problem.Code.VALUE,
                "requests would go round without end: %s%s"
                        .formatted(
                                hops,
                                last.equals(claim.route().host())
                                        ? "; redirect one of them elsewhere"
                                        : ", which is %s again; have a document claim %s, or redirect elsewhere"
                                                .formatted(claim.route().host(), last)));
    }
}

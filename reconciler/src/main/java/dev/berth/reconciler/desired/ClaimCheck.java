package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Two claims on one host and path: every claimant gets the problem. Who served it until now goes on
 * with its newest document; all others fall back. When nobody did, nobody gets it. What the
 * Instance claims is its own from the start.
 */
final class ClaimCheck {
    private final Fates fates;
    private final SortedMap<ResourceId, Choice> chosen;
    private final Map<String, ResourceId> incumbents;
    private final OwnHost ownHost;
    private final Problems problems;
    private final SortedMap<ResourceId, Choice> wrong = new TreeMap<>();

    /**
     * @param incumbents who served each host and path, by the claim's key
     */
    ClaimCheck(
            Fates fates,
            SortedMap<ResourceId, Choice> chosen,
            Map<String, ResourceId> incumbents,
            Instance instance,
            Problems problems) {
        this.fates = fates;
        this.chosen = chosen;
        this.incumbents = incumbents;
        this.ownHost = OwnHost.of(instance);
        this.problems = problems;
    }

    /** The claims of all documents, in the order of these. */
    static List<Claim> claims(SortedMap<ResourceId, Choice> chosen, String domain) {
        return chosen.values().stream().flatMap(c -> Claim.of(c, domain).stream()).toList();
    }

    /** The documents that don't count now. */
    Collection<Choice> wrong(List<Claim> claims) {
        Map<String, List<Claim>> byKey = new TreeMap<>();
        claims.forEach(c -> byKey.computeIfAbsent(c.key(), _ -> new ArrayList<>()).add(c));
        byKey.forEach(this::checkClaim);
        claims.stream().filter(ownHost::isHitBy).forEach(this::refuse);
        return wrong.values();
    }

    /** Who answers there could pass for Berth itself, and would be sent its cookies. */
    private void refuse(Claim claim) {
        if (claim.choice().current()) {
            problems.add(
                    claim.route().declaredAt(),
                    claim.field(),
                    Problem.Code.CONFLICT,
                    ownHost.refusal(claim) + ": choose another host");
        }
        wrong.put(claim.choice().id(), claim.choice());
    }

    private void checkClaim(String key, List<Claim> claimants) {
        ResourceId incumbent =
                claimants.stream()
                        .map(Claim::owner)
                        .filter(owner -> owner.kind() == Kind.Instance)
                        .findFirst()
                        .orElse(incumbents.get(key));
        boolean heldElsewhere =
                incumbent != null
                        && fates.isWrong(incumbent)
                        && !chosen.containsKey(incumbent)
                        && claimants.stream().noneMatch(c -> c.owner().equals(incumbent));
        if (claimants.size() == 1 && !heldElsewhere) {
            return;
        }
        for (Claim claim : claimants) {
            if (claim.choice().current() && claim.owner().kind() != Kind.Instance) {
                problems.add(
                        claim.route().declaredAt(),
                        claim.field(),
                        Problem.Code.CONFLICT,
                        conflict(claim, claimants, incumbent));
            }
            if (!claim.owner().equals(incumbent)) {
                wrong.put(claim.choice().id(), claim.choice());
            }
        }
    }

    private static String conflict(
            Claim claim, List<Claim> claimants, @Nullable ResourceId incumbent) {
        List<String> others =
                claimants.stream()
                        .filter(c -> !c.owner().equals(claim.owner()))
                        .map(c -> "%s (%s)".formatted(c.owner(), c.route().declaredAt()))
                        .toList();
        String who = others.isEmpty() ? String.valueOf(incumbent) : String.join(", ", others);
        String keeps =
                incumbent != null && incumbent.kind() == Kind.Instance
                        ? "which takes webhooks there"
                        : incumbent == null
                                ? "nobody gets it until one claim is gone"
                                : incumbent + " keeps it";
        String path = claim.route().path().equals("/") ? "" : claim.route().path();
        return "%s%s is also claimed by %s, %s".formatted(claim.route().host(), path, who, keeps);
    }
}

package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Policy;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Documents that agree.
 *
 * @param chosen with what the code of an app says of itself
 * @param written without
 * @param answers of every app
 * @param pages error pages of every app
 * @param trust files with certificates in PEM by the path that documents name
 * @param waiting why a right document does not count yet, or not with its newest source
 */
record Settled(
        Instance instance,
        SortedMap<ResourceId, Choice> chosen,
        SortedMap<ResourceId, Choice> written,
        Map<ResourceId, SourceAnswer> answers,
        Map<ResourceId, List<Policy.ErrorPage>> pages,
        SortedMap<String, String> trust,
        List<Claim> claims,
        Map<ResourceId, String> waiting) {

    /** Every claim with its policy, by host and path. */
    List<DesiredRoute> routes() {
        return claims.stream()
                .map(claim -> claim.route().with(policy(claim)))
                .sorted(Comparator.comparing(DesiredRoute::host).thenComparing(DesiredRoute::path))
                .toList();
    }

    private Policy policy(Claim claim) {
        if (!(claim.route().destination() instanceof DesiredRoute.ToApp(ResourceId id, _))) {
            return claim.route().policy();
        }
        Choice choice = chosen.get(id);
        if (choice == null || !(choice.document() instanceof App app)) {
            return Policy.NONE;
        }
        Policy policy = PolicyBuilder.of(app, claim.route(), pages.getOrDefault(id, List.of()));
        Domain.Canary canary = claim.canary();
        return canary == null
                ? policy
                : policy.withCanaries(
                        claims.stream()
                                .map(Claim::route)
                                .filter(other -> leadsTo(other, canary.app()))
                                .limit(1)
                                .map(other -> PolicyBuilder.canary(canary, other))
                                .toList());
    }

    private static boolean leadsTo(DesiredRoute route, String app) {
        return route.owner().equals(ResourceId.app(app))
                && route.destination() instanceof DesiredRoute.ToApp(_, String process)
                && process.equals(AppRules.WEB);
    }

    /** The source of an app; {@code null} when it has none. */
    SourceAnswer.@Nullable Pinned source(ResourceId app) {
        return answers.get(app) instanceof SourceAnswer.Pinned pinned ? pinned : null;
    }
}

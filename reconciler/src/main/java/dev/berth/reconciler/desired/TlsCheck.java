package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.Tls;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Documents that ask for different certificates for one host: all of them are told. Who asked for
 * the same before goes on; the others fall back, so that no mistake in one takes the certificate
 * from another. One that says nothing asks for what the others do.
 */
final class TlsCheck {
    private final Fates fates;
    private final Map<String, ResourceId> incumbents;
    private final Problems problems;
    private final List<Choice> wrong = new ArrayList<>();

    /**
     * @param incumbents who served each host and path, by the claim's key
     */
    TlsCheck(Fates fates, Map<String, ResourceId> incumbents, Problems problems) {
        this.fates = fates;
        this.incumbents = incumbents;
        this.problems = problems;
    }

    /** The documents that don't count now. */
    List<Choice> wrong(List<Claim> claims) {
        SortedMap<String, SortedMap<ResourceId, Claim>> byHost = new TreeMap<>();
        for (Claim claim : claims) {
            if (!claim.route().tls().equals(Tls.USUAL)) {
                byHost.computeIfAbsent(claim.route().host(), _ -> new TreeMap<>())
                        .putIfAbsent(claim.owner(), claim);
            }
        }
        byHost.values().forEach(asking -> check(asking.values()));
        return wrong;
    }

    private void check(Collection<Claim> asking) {
        if (asking.stream().map(TlsCheck::tls).distinct().count() < 2) {
            return;
        }
        List<Tls> before =
                asking.stream().filter(this::askedBefore).map(TlsCheck::tls).distinct().toList();
        Tls kept = before.size() == 1 ? before.getFirst() : null;
        for (Claim claim : asking) {
            if (claim.choice().current()) {
                problems.add(
                        claim.choice().read().at("spec", "tls"),
                        "spec.tls",
                        Problem.Code.CONFLICT,
                        conflict(claim, asking, kept));
            }
            if (!tls(claim).equals(kept)) {
                wrong.add(claim.choice());
            }
        }
    }

    private static Tls tls(Claim claim) {
        return claim.route().tls();
    }

    private boolean askedBefore(Claim claim) {
        return claim.owner().equals(incumbents.get(claim.key()))
                && fates.lastRight(claim.owner().kind()).stream()
                        .filter(read -> claim.owner().equals(read.id()))
                        .anyMatch(read -> tls(claim).equals(tls(read)));
    }

    private static @Nullable Tls tls(ReadDocument read) {
        if (read.document() instanceof App app) {
            return app.spec().tls();
        }
        return read.document() instanceof Domain domain ? domain.spec().tls() : null;
    }

    private static String conflict(Claim claim, Collection<Claim> asking, @Nullable Tls kept) {
        String others =
                asking.stream()
                        .filter(other -> !tls(other).equals(tls(claim)))
                        .map(
                                other ->
                                        "%s (%s)"
                                                .formatted(
                                                        other.owner(),
                                                        other.choice().read().at("spec", "tls")))
                        .collect(Collectors.joining(", "));
        String keepers =
                asking.stream()
                        .filter(other -> tls(other).equals(kept))
                        .map(other -> other.owner().toString())
                        .collect(Collectors.joining(", "));
        return "%s asks for another certificate for %s, and %s: ask for the same, or leave tls to one of them"
                .formatted(
                        others,
                        claim.route().host(),
                        kept == null ? "none counts until they agree" : keepers + " keeps its own");
    }
}

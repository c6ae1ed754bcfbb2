package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Document;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.SecretDocument;
import dev.berth.schemas.edge.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks what documents say about each other and about trees, until all that count agree. Each
 * round rejects what is wrong, and the next looks at what counts then; the last rejects nothing.
 *
 * <p>Two claims on one host and path: every claimant gets the problem. Who served it until now goes
 * on with its newest document; all others fall back. When nobody did, nobody gets it.
 */
final class Settling {
    private final Fates fates;
    private final LastGood.Memory memory;
    private final SourceResolver sources;
    private final ConfigTree tree;
    private final PageReader pageReader;
    private final Vault vault;
    private final Problems problems;
    private final Map<ResourceId, String> waiting = new TreeMap<>();
    private SortedMap<ResourceId, Choice> chosen = new TreeMap<>();
    private final Map<ResourceId, SourceAnswer> answers = new HashMap<>();
    private final Map<ResourceId, List<Policy.ErrorPage>> pages = new HashMap<>();
    private List<Claim> claims = List.of();
    private boolean settled;

    Settling(
            Fates fates,
            LastGood.Memory memory,
            SourceResolver sources,
            ConfigTree tree,
            Vault vault,
            Problems problems) {
        this.fates = fates;
        this.memory = memory;
        this.sources = sources;
        this.tree = tree;
        this.pageReader = new PageReader(tree);
        this.vault = vault;
        this.problems = problems;
    }

    /**
     * What counts, and agrees.
     *
     * @return {@code null} when there is no Instance to follow
     * @throws ReconcileException if the config tree can't be read
     */
    @Nullable Settled settle() throws ReconcileException {
        while (true) {
            settled = true;
            chosen = fates.choose();
            answers.clear();
            pages.clear();
            checkInstances();
            Instance instance = instance();
            for (Choice choice : chosen.values()) {
                checkSource(choice);
                checkPages(choice);
                checkSigners(choice);
            }
            chosen.values().forEach(this::checkReferences);
            chosen.values().forEach(this::checkSecrets);
            new DependencyCheck(fates, chosen, problems).wrong().forEach(this::reject);
            new JobCheck(fates, chosen, problems, waiting).wrong().forEach(this::reject);
            if (instance != null) {
                checkClaims(instance.spec().domain());
            }
            if (settled) {
                return instance == null
                        ? null
                        : new Settled(instance, chosen, answers, pages, claims, waiting);
            }
        }
    }

    private void reject(Choice choice) {
        settled = false;
        fates.reject(choice);
    }

    private void wrong(
            Choice choice, Location place, String path, Problem.Code code, String message) {
        if (choice.current()) {
            problems.add(place, path, code, message);
        }
    }

    private @Nullable Instance instance() {
        for (Choice choice : chosen.values()) {
            if (choice.document() instanceof Instance instance) {
                return instance;
            }
        }
        return null;
    }

    private void checkInstances() {
        List<Choice> instances =
                chosen.values().stream().filter(c -> c.id().kind() == Kind.Instance).toList();
        if (instances.size() < 2) {
            return;
        }
        boolean anyCurrent = instances.stream().anyMatch(Choice::current);
        for (Choice choice : instances) {
            boolean first = choice.id().equals(instances.getFirst().id());
            if (choice.current() || (!anyCurrent && !first)) {
                wrong(
                        choice,
                        choice.read().at("metadata", "name"),
                        "metadata.name",
                        Problem.Code.DUPLICATE_RESOURCE,
                        "a repo has one Instance, but %s is another: remove one"
                                .formatted(other(instances, choice).read().place()));
                reject(choice);
            }
        }
    }

    private static Choice other(Collection<Choice> choices, Choice one) {
        return choices.stream().filter(c -> !c.id().equals(one.id())).findFirst().orElse(one);
    }

    private void checkSource(Choice choice) throws ReconcileException {
        if (!(choice.document() instanceof App app)) {
            return;
        }
        SourceAnswer answer = sources.resolve(app, choice.current());
        answers.put(app.id(), answer);
        switch (answer) {
            case SourceAnswer.Image _ -> {}
            case SourceAnswer.Pinned(_, String note) -> {
                if (note != null && choice.current()) {
                    waiting.put(app.id(), "stays at the last source that could be read: " + note);
                }
            }
            case SourceAnswer.Wrong(String path, String message) -> {
                Location place = choice.read().at((Object[]) path.split("\\.", -1));
                wrong(choice, place, path, Problem.Code.REFERENCE, message);
                reject(choice);
            }
            case SourceAnswer.Unreadable(String cause) -> {
                if (choice.current()) {
                    waiting.put(app.id(), "its source can't be read: " + cause);
                }
                reject(choice);
            }
        }
    }

    /** Error pages alone do not hold back an older document: it goes on without them. */
    private void checkPages(Choice choice) throws ReconcileException {
        if (!(choice.document() instanceof App app)) {
            return;
        }
        PageReader.Pages read = pageReader.read(app);
        pages.put(app.id(), read.pages());
        if (read.fault() != null && choice.current()) {
            wrong(
                    choice,
                    choice.read().at("spec", "traffic", "errorPages"),
                    "spec.traffic.errorPages",
                    Problem.Code.REFERENCE,
                    read.fault());
            reject(choice);
        }
    }

    /** An older document goes on without its keys: who may sign is kept elsewhere. */
    private void checkSigners(Choice choice) throws ReconcileException {
        if (!choice.current() || !(choice.document() instanceof Instance instance)) {
            return;
        }
        List<SignerFiles.Fault> faults =
                SignerFiles.read(instance.spec().source().verify(), tree).faults();
        for (SignerFiles.Fault fault : faults) {
            wrong(
                    choice,
                    choice.read().at(fault.at().toArray()),
                    fault.field(),
                    Problem.Code.REFERENCE,
                    fault.message());
        }
        if (!faults.isEmpty()) {
            reject(choice);
        }
    }

    private void checkReferences(Choice choice) {
        if (!(choice.document() instanceof Domain domain)) {
            return;
        }
        List<Domain.Route> routes = domain.spec().routes();
        boolean fits = true;
        for (int i = 0; i < routes.size(); i++) {
            Domain.Route route = routes.get(i);
            ResourceId id = ResourceId.app(route.app());
            RouteTarget.Fault fault = RouteTarget.fault(route, chosen);
            if (fault == null) {
                fault = RouteTarget.canaryFault(route, chosen);
                id = route.canary() == null ? id : ResourceId.app(route.canary().app());
            }
            if (fault == null) {
                continue;
            }
            fits = false;
            if (fates.isWrong(id) || (!chosen.containsKey(id) && fates.pruneHold() != null)) {
                // The route may be right once its app is.
                if (choice.current()) {
                    waiting.put(choice.id(), "waits for a right document of %s".formatted(id));
                }
            } else {
                wrong(
                        choice,
                        choice.read().at("spec", "routes", i, fault.key()),
                        "spec.routes[%d].%s".formatted(i, fault.key()),
                        Problem.Code.REFERENCE,
                        fault.message());
            }
        }
        if (!fits) {
            reject(choice);
        }
    }

    /** A Secret that can't be opened now serves with what it held when it last could. */
    private void checkSecrets(Choice choice) {
        boolean fits = true;
        for (SecretReferences.Reference reference : SecretReferences.of(choice.document())) {
            ResourceId id = new ResourceId(Kind.Secret, reference.ref().holder());
            @Nullable Choice secret = chosen.get(id);
            boolean unclear = secret == null && (fates.isWrong(id) || fates.pruneHold() != null);
            if (secret != null && secret.document() instanceof SecretDocument(_, var data)) {
                if (data.containsKey(reference.ref().key())) {
                    continue;
                }
            } else if (unclear && vault.lastOf(id.name()).containsKey(reference.ref())) {
                continue;
            }
            fits = false;
            if (unclear) {
                if (choice.current()) {
                    waiting.put(choice.id(), "waits for a right document of %s".formatted(id));
                }
            } else {
                String field = reference.field(secret != null);
                wrong(
                        choice,
                        reference.in(choice.read(), field),
                        reference.path() + "." + field,
                        Problem.Code.REFERENCE,
                        secretFault(reference.ref(), secret));
            }
        }
        if (!fits) {
            reject(choice);
        }
    }

    private String secretFault(SecretRef ref, @Nullable Choice secret) {
        if (secret != null && secret.document() instanceof SecretDocument(_, var data)) {
            return "secret/%s has no key %s%s"
                    .formatted(ref.holder(), ref.key(), NearMiss.hint(ref.key(), data.keySet()));
        }
        List<String> names =
                chosen.keySet().stream()
                        .filter(id -> id.kind() == Kind.Secret)
                        .map(ResourceId::name)
                        .toList();
        return "there is no Secret %s%s"
                .formatted(ref.holder(), NearMiss.hint(ref.holder(), names));
    }

    private void checkClaims(String domain) {
        List<Claim> made = new ArrayList<>();
        Map<String, List<Claim>> byKey = new TreeMap<>();
        for (Choice choice : chosen.values()) {
            made.addAll(Claim.of(choice, domain));
        }
        made.forEach(c -> byKey.computeIfAbsent(c.key(), _ -> new ArrayList<>()).add(c));
        byKey.forEach(this::checkClaim);
        claims = made;
    }

    private void checkClaim(String key, List<Claim> claimants) {
        ResourceId incumbent = memory.claims().get(key);
        boolean heldElsewhere =
                incumbent != null
                        && fates.isWrong(incumbent)
                        && !chosen.containsKey(incumbent)
                        && claimants.stream().noneMatch(c -> c.owner().equals(incumbent));
        if (claimants.size() == 1 && !heldElsewhere) {
            return;
        }
        for (Claim claim : claimants) {
            Document document = claim.choice().document();
            wrong(
                    claim.choice(),
                    claim.route().declaredAt(),
                    claim.field(),
                    Problem.Code.CONFLICT,
                    conflict(claim, claimants, incumbent));
            if (!document.id().equals(incumbent)) {
                reject(claim.choice());
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
                incumbent == null
                        ? "nobody gets it until one claim is gone"
                        : incumbent + " keeps it";
        String path = claim.route().path().equals("/") ? "" : claim.route().path();
        return "%s%s is also claimed by %s, %s".formatted(claim.route().host(), path, who, keeps);
    }

    /**
     * Documents that agree.
     *
     * @param answers of every app
     * @param pages error pages of every app
     * @param waiting why a right document does not count yet, or not with its newest source
     */
    record Settled(
            Instance instance,
            SortedMap<ResourceId, Choice> chosen,
            Map<ResourceId, SourceAnswer> answers,
            Map<ResourceId, List<Policy.ErrorPage>> pages,
            List<Claim> claims,
            Map<ResourceId, String> waiting) {

        /** Every claim with its policy, by host and path. */
        List<DesiredRoute> routes() {
            return claims.stream()
                    .map(claim -> claim.route().with(policy(claim)))
                    .sorted(
                            Comparator.comparing(DesiredRoute::host)
                                    .thenComparing(DesiredRoute::path))
                    .toList();
        }

        private Policy policy(Claim claim) {
            if (!(claim.route().destination() instanceof DesiredRoute.ToApp(ResourceId id, _))) {
                return Policy.NONE;
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
        @Nullable SourcePin pin(ResourceId app) {
            return answers.get(app) instanceof SourceAnswer.Pinned(SourcePin pin, _) ? pin : null;
        }
    }
}

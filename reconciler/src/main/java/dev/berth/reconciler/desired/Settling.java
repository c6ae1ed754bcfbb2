package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Policy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks what documents say about each other and about trees, until all that count agree. Each
 * round rejects what is wrong, and the next looks at what counts then; the last rejects nothing.
 */
final class Settling {
    private final Fates fates;
    private final LastGood.Memory memory;
    private final DocumentBinder binder;
    private final SourceResolver sources;
    private final ConfigTree tree;
    private final PageReader pageReader;
    private final Vault vault;
    private final @Nullable String environment;
    private final Problems problems;
    private final Map<ResourceId, String> waiting = new TreeMap<>();
    private SortedMap<ResourceId, Choice> chosen = new TreeMap<>();
    private SortedMap<ResourceId, Choice> written = new TreeMap<>();
    private final Map<ResourceId, SourceAnswer> answers = new HashMap<>();
    private final Map<ResourceId, List<Policy.ErrorPage>> pages = new HashMap<>();
    private final SortedMap<String, String> trust = new TreeMap<>();
    private boolean settled;

    /**
     * @param environment counts in place of the one that the Instance names; {@code null} = none
     */
    Settling(
            Fates fates,
            LastGood.Memory memory,
            DocumentBinder binder,
            SourceResolver sources,
            ConfigTree tree,
            Vault vault,
            @Nullable String environment,
            Problems problems) {
        this.fates = fates;
        this.memory = memory;
        this.binder = binder;
        this.sources = sources;
        this.tree = tree;
        this.pageReader = new PageReader(tree);
        this.vault = vault;
        this.environment = environment;
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
            trust.clear();
            checkRename();
            if (!settled) {
                continue; // nothing is to be judged by an Instance that does not count
            }
            checkInstances();
            Instance instance = render();
            if (!settled) {
                continue; // else what refers to those that fell would fall with them
            }
            for (Choice choice : List.copyOf(chosen.values())) {
                checkSource(choice);
                checkPages(choice);
                checkSigners(choice);
                checkTrust(choice);
            }
            boolean complete = complete();
            EnvGroupCheck groups = new EnvGroupCheck(fates, chosen, problems, waiting);
            reject(groups.wrong());
            settled &= groups.complete();
            if (complete) { // else a route may lead to a port that nobody was asked for
                reject(new RouteCheck(fates, chosen, problems, waiting).wrong());
            }
            reject(new SecretCheck(fates, chosen, problems, waiting, vault).wrong());
            reject(new DependencyCheck(fates, chosen, problems).wrong());
            reject(new JobCheck(fates, chosen, problems, waiting).wrong());
            reject(AdoptCheck.wrong(fates, chosen.values(), problems));
            List<Claim> claims = List.of();
            if (instance != null) {
                claims = ClaimCheck.claims(chosen, instance.spec().domain());
                reject(DnsCheck.wrong(chosen, instance, problems));
                Collection<Choice> refused =
                        new ClaimCheck(fates, chosen, memory.claims(), instance, problems)
                                .wrong(claims);
                reject(refused);
                if (refused.isEmpty()) { // else a claim that won't count is held against others
                    reject(new TlsCheck(fates, memory.claims(), problems).wrong(claims));
                    reject(new RedirectCheck(fates, claims, problems).wrong());
                }
            }
            if (settled) {
                return instance == null
                        ? null
                        : new Settled(
                                instance, chosen, written, answers, pages, trust, claims, waiting);
            }
        }
    }

    /** Why the Instance does not count although it is right; {@code null} when that is not so. */
    @Nullable String instanceWaits() {
        return waiting.entrySet().stream()
                .filter(e -> e.getKey().kind() == Kind.Instance)
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** The Instance comes first: it says what is laid over the others and what names stand for. */
    private @Nullable Instance render() {
        Choice written = instance();
        if (written == null || !(written.document() instanceof Instance plain)) {
            return null;
        }
        String where = environment == null ? plain.spec().environment() : environment;
        reject(
                EnvironmentCheck.wrong(
                        fates, chosen, environment == null ? written : null, problems));
        if (!settled || OverlayRules.bring(fates, chosen, where)) {
            settled = false;
            return plain;
        }
        Rendering rendering =
                new Rendering(binder, new Overlays(fates, chosen, where), problems, waiting);
        Choice right = rendering.of(written);
        Instance instance =
                right != null && right.document() instanceof Instance rendered ? rendered : plain;
        if (right != null) {
            rendering.use(instance, where, memory.variables());
            chosen = rendering.of(chosen);
        }
        reject(rendering.wrong());
        if (settled) {
            reject(OverlayRules.astray(fates, chosen, problems));
        }
        return instance;
    }

    private void reject(Collection<Choice> choices) {
        choices.forEach(this::reject);
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

    private @Nullable Choice instance() {
        return chosen.values().stream()
                .filter(c -> c.id().kind() == Kind.Instance)
                .findFirst()
                .orElse(null);
    }

    /**
     * Another name is another Berth: it would start every app anew with empty volumes, and what
     * runs would go on with nobody to look after it. So it takes a word more than the name.
     */
    private void checkRename() {
        for (Choice choice : chosen.values()) {
            if (!choice.current() || !(choice.document() instanceof Instance instance)) {
                continue;
            }
            ResourceId before = fates.formerInstance(choice.read());
            List<String> confirmed = instance.spec().prune().confirm();
            if (before == null || confirmed.contains(before.toString())) {
                continue;
            }
            wrong(
                    choice,
                    choice.read().at("metadata", "name"),
                    "metadata.name",
                    Problem.Code.VALUE,
                    "the Instance was %s until now: by another name every app would start anew with empty volumes, and what runs would go on unwatched. Take that name back, or confirm the new one below spec: prune: {confirm: [%s]}"
                            .formatted(
                                    before.name(),
                                    Stream.concat(confirmed.stream(), Stream.of(before.toString()))
                                            .collect(Collectors.joining(", "))));
            reject(choice);
            fates.bring(before);
        }
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

    /**
     * From here on it makes no difference what an author wrote and what the code says of itself.
     *
     * @return whether the code of every app could be asked
     */
    private boolean complete() {
        boolean all = true;
        written = chosen;
        SortedMap<ResourceId, Choice> completed = new TreeMap<>(chosen);
        for (Choice choice : chosen.values()) {
            if (!(choice.document() instanceof App app) || !AppRules.isToBeRecognised(app.spec())) {
                continue;
            }
            all &= answers.get(app.id()) instanceof SourceAnswer.Pinned;
            if (answers.get(app.id()) instanceof SourceAnswer.Pinned(_, var recipe, _, _)) {
                Choice whole = choice.with(CompletedApp.of(app, recipe));
                completed.put(app.id(), whole);
                Problems found = choice.current() ? problems : new Problems();
                if (!AppRules.checkPorts(whole, found)) {
                    reject(choice);
                }
            }
        }
        chosen = completed;
        return all;
    }

    private void checkSource(Choice choice) throws ReconcileException {
        if (!(choice.document() instanceof App app)) {
            return;
        }
        SourceAnswer answer =
                sources.resolve(app, Environment.namesAtBuild(chosen, app), choice.current());
        answers.put(app.id(), answer);
        switch (answer) {
            case SourceAnswer.Image _ -> {}
            case SourceAnswer.Pinned(_, _, String note, _) -> {
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

    /** An older document goes on without the file: nothing is ordered meanwhile. */
    private void checkTrust(Choice choice) throws ReconcileException {
        TrustFile file = TrustFile.of(choice.document(), tree);
        if (file == null) {
            return;
        }
        if (file.pem() != null) {
            trust.put(file.path(), file.pem());
        } else if (file.fault() != null && choice.current()) {
            wrong(
                    choice,
                    choice.read().at(file.at().toArray()),
                    file.field(),
                    Problem.Code.REFERENCE,
                    file.fault());
            reject(choice);
        }
    }
}

package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.preview.Preview;
import dev.berth.reconciler.preview.Previews;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.reconciler.source.SourceRef;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ByteSize;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.EnvVariable;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.Metadata;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Policy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Adds previews to documents that agree: an app for each, made of its app's document. What is wrong
 * with a preview is told of that preview alone; no document counts less for it. Tells also what was
 * asked, so that it need not be done again while the answers are the same.
 */
final class PreviewExpansion {
    private static final App.Resources USUAL =
            new App.Resources(new ByteSize(1L << 30), BigDecimal.ONE);

    private final Previews previews;
    private final SourceResolver sources;
    private final List<Asked> asked = new ArrayList<>();
    private final List<PreviewState> states = new ArrayList<>();
    private final SortedMap<ResourceId, Set<String>> blurred = new TreeMap<>();

    PreviewExpansion(Previews previews, SourceResolver sources) {
        this.previews = previews;
        this.sources = sources;
    }

    /** What was asked of an app, and what the answer was. */
    private record Asked(String app, App.Previews rules, @Nullable String repo, Object answer) {}

    /** What has come of all previews, by app and turn. */
    List<PreviewState> states() {
        return List.copyOf(states);
    }

    /**
     * Previews that stay as they are; and apps that have previews, with the keys of those that may
     * go.
     */
    SortedMap<ResourceId, Set<String>> blurred() {
        return Collections.unmodifiableSortedMap(blurred);
    }

    /** Whether the same would be answered now. */
    boolean repeats() {
        return asked.stream()
                .allMatch(
                        one ->
                                previews.of(one.app(), one.rules(), one.repo())
                                        .equals(one.answer()));
    }

    /**
     * The same, and previews.
     *
     * @throws ReconcileException if the config tree can't be read
     */
    Settled of(Settled settled) throws ReconcileException {
        List<Wanted> wanted = new ArrayList<>();
        for (Choice choice : settled.written().values()) {
            if (choice.document() instanceof App app && has(app)) {
                wanted.addAll(ask(app, choice));
            }
        }
        if (wanted.isEmpty()) {
            return settled;
        }
        sources.lookAhead(wanted.stream().map(Wanted::at).toList());
        More more = new More(settled);
        for (Wanted one : wanted) {
            PreviewState.Fault fault = more.add(one);
            if (fault != null) {
                blurred.put(one.preview().id().id(), Set.of());
            }
            states.add(one.state(more.host(one), fault));
        }
        return more.all();
    }

    private static boolean has(App app) {
        App.Previews rules = app.spec().previews();
        return rules != null && rules.enabled() && app.spec().source() != null;
    }

    /**
     * A preview that there is to be.
     *
     * @param of the document of its app
     * @param app the same
     */
    private record Wanted(
            Preview preview, Preview.Wanted verdict, String repo, Choice of, App app) {
        SourceRef at() {
            return new SourceRef(repo, preview.subject().ref(), verdict.commit());
        }

        PreviewState state(@Nullable String host, PreviewState.@Nullable Fault fault) {
            return new PreviewState(preview, RepoUrl.withoutLogin(repo), host, fault);
        }
    }

    private List<Wanted> ask(App app, Choice choice) {
        App.Previews rules = app.spec().previews();
        App.Source source = app.spec().source();
        if (rules == null || source == null) {
            return List.of();
        }
        String name = app.metadata().name();
        Previews.Answer answer = previews.of(name, rules, source.repo());
        asked.add(new Asked(name, rules, source.repo(), answer));
        return switch (answer) {
            case Previews.Unknown _ -> {
                blurred.put(app.id(), Set.of());
                yield List.of();
            }
            case Previews.Known(String repo, List<Preview> all, var ended) -> {
                blurred.put(app.id(), ended);
                List<Wanted> wanted = new ArrayList<>();
                for (Preview preview : all) {
                    switch (preview.verdict()) {
                        case Preview.Wanted verdict ->
                                wanted.add(new Wanted(preview, verdict, repo, choice, app));
                        case Preview.Queued _, Preview.Refused _ ->
                                states.add(
                                        new PreviewState(
                                                preview, RepoUrl.withoutLogin(repo), null, null));
                    }
                }
                yield wanted;
            }
        };
    }

    /** Documents that agree, with more and more previews. */
    private final class More {
        private final Settled settled;
        private final SortedMap<ResourceId, Choice> chosen;
        private final Map<ResourceId, SourceAnswer> answers;
        private final Map<ResourceId, List<Policy.ErrorPage>> pages;
        private final List<Claim> claims;
        private final Set<String> claimed = new HashSet<>();
        private final OwnHost ownHost;
        private final Map<ResourceId, String> waiting;

        More(Settled settled) {
            this.settled = settled;
            chosen = new TreeMap<>(settled.chosen());
            answers = new HashMap<>(settled.answers());
            pages = new HashMap<>(settled.pages());
            claims = new ArrayList<>(settled.claims());
            claims.forEach(claim -> claimed.add(claim.key()));
            ownHost = OwnHost.of(settled.instance());
            waiting = new TreeMap<>(settled.waiting());
        }

        Settled all() {
            return new Settled(
                    settled.instance(),
                    chosen,
                    settled.written(),
                    answers,
                    pages,
                    settled.trust(),
                    claims,
                    waiting);
        }

        private String domain() {
            Instance instance = settled.instance();
            return instance.spec().domain();
        }

        /** {@code null} when nothing of it answers requests, as far as its app tells. */
        @Nullable String host(Wanted one) {
            Choice parent = settled.chosen().get(one.app().id());
            return parent != null
                            && parent.document() instanceof App whole
                            && Claim.hosts(whole, domain()).isEmpty()
                    ? null
                    : one.preview().id().host(domain());
        }

        /** Why it can't be; {@code null} when it is there now. */
        PreviewState.@Nullable Fault add(Wanted one) throws ReconcileException {
            App written = written(one);
            SourceAnswer answer =
                    sources.resolve(
                            written, Environment.namesAtBuild(settled.chosen(), written), one.at());
            return switch (answer) {
                case SourceAnswer.Image _ -> PreviewState.Fault.of("it has no source");
                case SourceAnswer.Wrong(_, String message) -> PreviewState.Fault.of(message);
                case SourceAnswer.Unreadable(String cause) ->
                        PreviewState.Fault.unavailable("its code can't be read: " + cause);
                case SourceAnswer.Pinned pinned -> add(one, written, pinned);
            };
        }

        private PreviewState.@Nullable Fault add(
                Wanted one, App written, SourceAnswer.Pinned source) {
            App app =
                    AppRules.isToBeRecognised(written.spec())
                            ? single(CompletedApp.of(written, source.recipe()))
                            : single(written);
            Choice choice = one.of().with(app);
            Problems problems = new Problems();
            if (!AppRules.checkPorts(choice, problems)) {
                return PreviewState.Fault.of(problems.sorted().getFirst().message());
            }
            List<Claim> own = Claim.of(choice, domain());
            for (Claim claim : own) {
                if (ownHost.isHitBy(claim)) {
                    return PreviewState.Fault.conflict("its host " + ownHost.refusal(claim));
                }
                if (claimed.contains(claim.key())) {
                    return PreviewState.Fault.conflict(
                            "its host %s is claimed by another document"
                                    .formatted(claim.route().host()));
                }
            }
            own.forEach(claim -> claimed.add(claim.key()));
            claims.addAll(own);
            chosen.put(app.id(), choice);
            answers.put(app.id(), source);
            pages.put(app.id(), pages.getOrDefault(one.app().id(), List.of()));
            if (source.note() != null) {
                waiting.put(
                        app.id(), "stays at the last commit that could be used: " + source.note());
            }
            return null;
        }

        /** What the document of the preview would be. */
        private App written(Wanted one) {
            App app = one.app();
            App.Previews rules = Objects.requireNonNull(app.spec().previews());
            App.Source source = Objects.requireNonNull(app.spec().source());
            PreviewId id = one.preview().id();
            SortedMap<String, EnvVariable> env = new TreeMap<>(injected(one));
            env.putAll(Environment.open(settled.chosen(), app));
            env.putAll(rules.env());
            App.Draft draft =
                    app.spec()
                            .but()
                            .source(
                                    new App.Source(
                                            one.repo(), null, null, source.path(), source.watch()))
                            .fresh()
                            .variables(env, rules.secrets())
                            .volumes(
                                    app.spec().volumes().stream()
                                            .map(volume -> passing(volume, one.repo()))
                                            .toList())
                            .traffic(
                                    app.spec()
                                            .traffic()
                                            .with("X-Robots-Tag", "noindex", rules.basicAuth()))
                            .dependsOn(
                                    app.spec().dependsOn().stream()
                                            .filter(other -> other.id().kind() == Kind.App)
                                            .toList())
                            .domains(domains(one));
            draft.resources(resources(rules.resources(), app.spec().resources()));
            if (rules.sleep() != null) {
                draft.sleep(rules.sleep());
            }
            Metadata metadata = new Metadata(id.id().name(), app.metadata().labels(), Map.of());
            return new App(metadata, draft.make());
        }

        /** Limits; what nobody has limited has those that nothing small needs to exceed. */
        private static App.Resources resources(App.@Nullable Resources own, App.Resources ofApp) {
            App.Resources given = own == null ? ofApp : own;
            return new App.Resources(
                    given.memory() == null ? USUAL.memory() : given.memory(),
                    given.cpus() == null ? USUAL.cpus() : given.cpus());
        }

        private List<String> domains(Wanted one) {
            String host = host(one);
            return host == null ? List.of() : List.of(host);
        }

        /** Pull requests of another repo have the same numbers, and not the same data. */
        private static App.Volume passing(App.Volume volume, String repo) {
            return new App.Volume(
                    volume.name() + "-" + ForgeRepo.mark(repo),
                    volume.path(),
                    App.DeletionPolicy.Delete);
        }

        /** What Berth tells a preview of itself; its app's own variables win over that. */
        private static Map<String, EnvVariable> injected(Wanted one) {
            PreviewId id = one.preview().id();
            Map<String, EnvVariable> told = new HashMap<>();
            told.put("BERTH_APP", text(id.app()));
            told.put("BERTH_PREVIEW", text(id.key()));
            switch (one.preview().subject()) {
                case Preview.OfPull(var pull) ->
                        told.put("BERTH_PR_NUMBER", text(Integer.toString(pull.number())));
                case Preview.OfBranch _ -> {}
            }
            return told;
        }

        private static EnvVariable text(String value) {
            return EnvVariable.of(new EnvValue.Text(value));
        }

        /** One container of each process is enough to look at. */
        private static App single(App app) {
            if (app.spec().staticFiles() != null) {
                return app;
            }
            SortedMap<String, App.ProcessSpec> all = EffectiveProcesses.of(app.spec());
            all.replaceAll(
                    (_, process) ->
                            new App.ProcessSpec(
                                    process.command(),
                                    process.port(),
                                    process.protocol(),
                                    Math.min(1, process.replicas())));
            return new App(
                    app.metadata(), app.spec().but().processes(all, app.spec().release()).make());
        }
    }
}

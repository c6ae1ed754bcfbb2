package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.catalog.Catalogs;
import dev.berth.reconciler.preview.Preview;
import dev.berth.reconciler.preview.Previews;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Redactor;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.AppSources;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.Doubt;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Job;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.Overlay;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Config tree to desired state. Every mistake of the whole repo is reported in one run and costs
 * only the document it is in; see {@link Fates} for what happens to that one. Not being able to
 * read is never taken for an empty repo. Thread-safe.
 */
public final class DesiredStateLoader {
    private static final String DEFAULT_FILE = "berth.yaml";

    private final AppSources appSources;
    private final LastGood lastGood;
    private final Vault vault;
    private final DocumentReader reader;
    private final ConfigScanner scanner;
    private final @Nullable String environment;
    private final SourceResolver.BuildRules builds;
    private final Supplier<AgeKeys> keys;
    private final Previews previews;
    private final boolean remembers;
    private volatile @Nullable LastLoad last;

    /** What the last load knew sources of. */
    private volatile Set<String> pinned = Set.of();

    /** One that can open nothing that is encrypted. */
    public DesiredStateLoader(AppSources appSources, LastGood lastGood) {
        this(appSources, lastGood, AgeKeys::none, Vault.ofThisProcess(InstantSource.system()));
    }

    /**
     * @param lastGood is updated by each load; {@link LastGood#readOnly} where it may not be
     * @param keys open what is encrypted; asked anew at each load
     * @param vault gets the values of secrets with each load; {@link Vault#copy} where it may not
     */
    public DesiredStateLoader(
            AppSources appSources, LastGood lastGood, Supplier<AgeKeys> keys, Vault vault) {
        this(appSources, lastGood, keys, vault, ReadBefore.NOTHING);
    }

    /**
     * One that loads again and again.
     *
     * @param before what was read before
     */
    public DesiredStateLoader(
            AppSources appSources,
            LastGood lastGood,
            Supplier<AgeKeys> keys,
            Vault vault,
            ReadBefore before) {
        this(appSources, lastGood, keys, vault, before, Catalogs.defaults());
    }

    /**
     * @param images what code is built from that has no Dockerfile
     */
    public DesiredStateLoader(
            AppSources appSources,
            LastGood lastGood,
            Supplier<AgeKeys> keys,
            Vault vault,
            ReadBefore before,
            Catalogs images) {
        this(
                appSources,
                lastGood,
                vault,
                keys,
                new DocumentReader(keys, before),
                SourceResolver.BuildRules.of(images),
                Previews.NONE,
                null,
                !before.equals(ReadBefore.NOTHING));
    }

    private DesiredStateLoader(
            AppSources appSources,
            LastGood lastGood,
            Vault vault,
            Supplier<AgeKeys> keys,
            DocumentReader reader,
            SourceResolver.BuildRules builds,
            Previews previews,
            @Nullable String environment,
            boolean remembers) {
        this.appSources = appSources;
        this.lastGood = lastGood;
        this.vault = vault;
        this.keys = keys;
        this.remembers = remembers;
        this.reader = reader;
        this.builds = builds;
        this.previews = previews;
        this.scanner = new ConfigScanner(reader);
        this.environment = environment;
    }

    /** The same, for an environment other than the one that the Instance names. */
    public DesiredStateLoader in(String other) {
        return new DesiredStateLoader(
                appSources, lastGood, vault, keys, reader, builds, previews, other, remembers);
    }

    /** The same, which also tells what there is to be of previews. */
    public DesiredStateLoader with(Previews those) {
        return new DesiredStateLoader(
                appSources, lastGood, vault, keys, reader, builds, those, environment, remembers);
    }

    /**
     * One for what is not followed: it recalls what this one does, remembers nothing and makes no
     * value count. What was read of files and recognised in code is shared.
     *
     * @param values {@link Vault#copy} of what counts
     */
    public DesiredStateLoader aside(Vault values) {
        return new DesiredStateLoader(
                appSources,
                lastGood.readOnly(),
                values,
                keys,
                reader,
                builds,
                previews,
                environment,
                false);
    }

    /**
     * The environments that overlays are for, as far as they can be told.
     *
     * @throws ReconcileException if the tree can't be read
     */
    public SortedSet<String> environments(ConfigTree tree) throws ReconcileException {
        SortedSet<String> found = new TreeSet<>();
        Map<String, String> lastRight = lastGood.recall().files();
        for (ConfigFile file : scanner.scan(tree, lastRight, new Problems())) {
            for (ReadDocument document : file.documents()) {
                if (document.document() instanceof Overlay overlay) {
                    found.add(overlay.spec().environment());
                }
            }
        }
        return found;
    }

    /**
     * What documents are about, the wrong ones too, as far as that can be told.
     *
     * @throws ReconcileException if the tree can't be read
     */
    SortedSet<ResourceId> documents(ConfigTree tree) throws ReconcileException {
        SortedSet<ResourceId> found = new TreeSet<>();
        for (ConfigFile file : scanner.scan(tree, Map.of(), new Problems())) {
            for (ReadDocument document : file.documents()) {
                if (document.ours() && document.id() != null) {
                    found.add(document.id());
                }
            }
        }
        return found;
    }

    /**
     * Apps whose documents are right and name another repo, with a source that can be taken as
     * there: for looking at a repo from where no other can be read.
     *
     * @throws ReconcileException if the tree can't be read
     */
    Map<String, SourceAnswer.Pinned> unreadSources(ConfigTree tree) throws ReconcileException {
        Map<String, SourceAnswer.Pinned> pins = new HashMap<>();
        for (ConfigFile file : scanner.scan(tree, Map.of(), new Problems())) {
            for (ReadDocument document : file.documents()) {
                if (document.document() instanceof App app
                        && app.spec().source() != null
                        && app.spec().source().repo() != null) {
                    pins.put(
                            app.id().toString(),
                            SourceResolver.unread(app.spec().source(), app.spec().build()));
                }
            }
        }
        return pins;
    }

    /**
     * Which previews there are, beside those that are remembered.
     *
     * @see Previews#live
     */
    public void live(Collection<Previews.Live> seen) {
        List<Previews.Live> all = new ArrayList<>(seen);
        pinned.stream()
                .map(app -> PreviewId.of(ResourceId.parse(app)))
                .filter(Objects::nonNull)
                .forEach(preview -> all.add(new Previews.Live(preview, "")));
        previews.live(all);
    }

    /** What should be, according to the repo. Reads the repos of apps; throws nothing. */
    public DesiredState load(SourceReading configRepo) {
        return switch (configRepo) {
            case SourceReading.Fresh(Revision revision, ConfigTree tree) ->
                    load(revision, tree, null);
            case SourceReading.Stale(Revision revision, ConfigTree tree, Doubt doubt) ->
                    load(revision, tree, doubt);
            case SourceReading.Unavailable(Doubt doubt) ->
                    new DesiredState.Unknown(doubt, List.of());
        };
    }

    private DesiredState load(Revision revision, ConfigTree tree, @Nullable Doubt stale) {
        Problems problems = new Problems();
        try {
            SourceResolver.BuildRules rules = builds.once();
            LastLoad.Inputs inputs = remembers ? inputs(revision, tree, rules) : null;
            LastGood.Memory memory = inputs == null ? lastGood.recall() : inputs.memory();
            pinned = Set.copyOf(memory.pins().keySet());
            SourceResolver sources = new SourceResolver(appSources, rules, revision, tree, memory);
            DesiredState.Known again = inputs == null ? null : again(inputs, sources);
            if (again != null) {
                return again.stale(stale);
            }
            List<ConfigFile> files = scanner.scan(tree, memory.files(), problems);
            if (files.stream().noneMatch(DesiredStateLoader::mayBeOurs)) {
                return new DesiredState.Unknown(
                        "%s has no Berth document: add %s with kind: Instance"
                                .formatted(revision, DEFAULT_FILE),
                        quiet(problems));
            }
            Fates fates = new Fates(files, memory, reader, problems);
            checkForInstance(files, fates, problems);
            sources.lookAhead(fates.choose().values());
            Settling settling =
                    new Settling(
                            fates,
                            memory,
                            reader.binder(),
                            sources,
                            tree,
                            vault,
                            environment,
                            problems);
            Settled declared = settling.settle();
            if (declared == null) {
                String waits = settling.instanceWaits();
                return new DesiredState.Unknown(
                        "%s has no %s Instance document%s and none is remembered: see the problems"
                                .formatted(
                                        revision,
                                        waits == null ? "right" : "certain",
                                        waits == null ? "" : ": it " + waits + ","),
                        quiet(problems));
            }
            PreviewExpansion expansion = new PreviewExpansion(previews, sources);
            Settled settled = expansion.of(declared);
            Read read = new Read(revision, stale, files, fates, memory, problems);
            Loaded loaded = loaded(read, settled, expansion);
            last = inputs == null ? null : lastLoad(inputs, loaded, sources, expansion);
            return loaded.state();
        } catch (ReconcileException e) {
            return new DesiredState.Unknown(
                    "%s can't be read: %s".formatted(revision, e.getMessage()), quiet(problems));
        }
    }

    /** {@code null} when one of them can't be told. */
    private LastLoad.@Nullable Inputs inputs(
            Revision revision, ConfigTree tree, SourceResolver.BuildRules rules)
            throws ReconcileException {
        Catalog images;
        try {
            images = rules.catalogs().current();
        } catch (ReconcileException e) {
            return null;
        }
        return new LastLoad.Inputs(
                revision,
                tree.directoryId("."),
                lastGood.recall(),
                images,
                keys.get(),
                vault.redactor());
    }

    /**
     * What the last load gave, if it would give that again; {@code null} when that can't be told.
     */
    private DesiredState.@Nullable Known again(LastLoad.Inputs inputs, SourceResolver sources)
            throws ReconcileException {
        LastLoad before = last;
        if (before == null || !before.holds(inputs, sources)) {
            return null;
        }
        try {
            lastGood.remember(inputs.memory());
            return before.state();
        } catch (ReconcileException.Transient e) {
            return null;
        }
    }

    /** {@code null} when the next load may give something else. */
    private @Nullable LastLoad lastLoad(
            LastLoad.Inputs inputs,
            Loaded loaded,
            SourceResolver sources,
            PreviewExpansion expansion) {
        LastLoad.Inputs next = inputs.after(loaded.next(), vault.redactor());
        return loaded.kept() && (loaded.plain() || next.equals(inputs))
                ? new LastLoad(next, sources, expansion, loaded.state())
                : null;
    }

    private static boolean mayBeOurs(ConfigFile file) {
        return file.text() == null || file.documents().stream().anyMatch(ReadDocument::ours);
    }

    /** A missing Instance is reported at the file that had it, which so removes nothing. */
    private static void checkForInstance(List<ConfigFile> files, Fates fates, Problems problems) {
        boolean mayExist =
                files.stream()
                        .anyMatch(
                                f ->
                                        f.text() == null
                                                || f.documents().stream()
                                                        .anyMatch(d -> mayBeInstance(d)));
        if (!mayExist) {
            String last = fates.fileOfLastInstance();
            problems.add(
                    new Location(last == null ? DEFAULT_FILE : last, 0, 0),
                    "",
                    Problem.Code.REQUIRED,
                    "no file has a document of kind Instance: add one");
        }
    }

    private static boolean mayBeInstance(ReadDocument document) {
        return document.id() == null ? document.ours() : document.id().kind() == Kind.Instance;
    }

    /**
     * What comes of a load.
     *
     * @param next what is remembered of it
     * @param kept true when that and the values of secrets are kept for the next process
     * @param plain true when every document counts as it is, so that nothing older is needed
     */
    private record Loaded(
            DesiredState.Known state, LastGood.Memory next, boolean kept, boolean plain) {}

    /** What a load has begun with. */
    private record Read(
            Revision revision,
            @Nullable Doubt stale,
            List<ConfigFile> files,
            Fates fates,
            LastGood.Memory memory,
            Problems problems) {}

    private Loaded loaded(Read read, Settled settled, PreviewExpansion expansion) {
        Fates fates = read.fates();
        Instance instance = settled.instance();
        List<DesiredRoute> routes = settled.routes();
        Set<ResourceId> held = fates.held();
        SecretValues secrets =
                new SecretValues(settled.chosen(), held, fates.pruneHold() != null, vault);
        LastGood.Memory next =
                new NextMemory(read.memory(), fates, settled)
                        .of(read.files(), routes, held, expansion.blurred());
        String unkept = keep(next, secrets);
        Map<ResourceId, String> waiting = new TreeMap<>(settled.waiting());
        if (unkept != null) {
            waiting.put(instance.id(), unkept);
        }
        Environment.Sources sources = new Environment.Sources(settled.chosen(), secrets);
        SortedMap<ResourceId, DesiredApp> apps =
                apps(new AppBuilder(instance, read.revision(), sources), settled, routes);
        DesiredState.Known state =
                new DesiredState.Known(
                        instance.metadata().name(),
                        instance.spec(),
                        read.revision(),
                        read.stale(),
                        apps,
                        routes,
                        held,
                        waiting,
                        fates.pruneHold(),
                        jobs(new JobBuilder(apps, sources, read.revision()), settled),
                        next.deletable(),
                        quiet(read.problems()),
                        alerts(settled),
                        secrets.uses(),
                        states(expansion, settled),
                        expansion.blurred(),
                        repos(read.files(), settled),
                        settled.trust());
        boolean plain =
                state.problems().isEmpty()
                        && state.waiting().isEmpty()
                        && held.isEmpty()
                        && state.pruneHold() == null
                        && settled.chosen().values().stream().allMatch(Choice::current);
        return new Loaded(state, next, unkept == null, plain);
    }

    /** One whose commit can't be built or read may be of an older one, and is told as behind. */
    private static List<PreviewState> states(PreviewExpansion expansion, Settled settled) {
        List<PreviewState> states = new ArrayList<>();
        for (PreviewState state : expansion.states()) {
            PreviewState.Fault lag = lag(state, settled.source(state.preview().id().id()));
            states.add(state.fault() != null || lag == null ? state : state.with(lag));
        }
        return states;
    }

    private static PreviewState.@Nullable Fault lag(
            PreviewState state, SourceAnswer.@Nullable Pinned source) {
        return switch (state.preview().verdict()) {
            case Preview.Wanted(String commit, _, _) -> {
                String note = source == null ? null : source.note();
                yield source == null
                                || note == null
                                || source.pin().revision().commit().equals(commit)
                        ? null
                        : source.unread()
                                ? PreviewState.Fault.unavailable("its code can't be read: " + note)
                                : PreviewState.Fault.of(note);
            }
            case Preview.Queued _, Preview.Refused _ -> null;
        };
    }

    /** Why something can't be kept for the next process; {@code null} when all is. */
    private @Nullable String keep(LastGood.Memory next, SecretValues secrets) {
        String unkept = null;
        try {
            lastGood.remember(next);
        } catch (ReconcileException.Transient e) {
            unkept = e.getMessage();
        }
        try {
            vault.hold(secrets.all());
        } catch (ReconcileException.Transient e) {
            unkept = e.getMessage();
        }
        return unkept;
    }

    /** Rules over several documents may name what stands encrypted in one of them. */
    private List<Problem> quiet(Problems problems) {
        Redactor redactor = vault.redactor();
        return problems.sorted().stream().map(p -> p.cleaned(redactor::clean)).toList();
    }

    private static SortedMap<String, SortedSet<ResourceId>> repos(
            List<ConfigFile> files, Settled settled) {
        SortedMap<String, SortedSet<ResourceId>> repos = new TreeMap<>();
        Stream.concat(
                        files.stream().flatMap(file -> file.documents().stream()),
                        settled.chosen().values().stream().map(Choice::read))
                .forEach(
                        read -> {
                            if (read.document() instanceof App app
                                    && PreviewId.of(app.id()) == null
                                    && app.spec().source() != null
                                    && app.spec().source().repo() != null) {
                                repos.computeIfAbsent(
                                                app.spec().source().repo(), _ -> new TreeSet<>())
                                        .add(app.id());
                            }
                        });
        return repos;
    }

    private static List<Alert> alerts(Settled settled) {
        return settled.chosen().values().stream()
                .flatMap(c -> c.document() instanceof Alert alert ? Stream.of(alert) : Stream.of())
                .toList();
    }

    private static SortedMap<ResourceId, DesiredJob> jobs(JobBuilder builder, Settled settled) {
        SortedMap<ResourceId, DesiredJob> jobs = new TreeMap<>();
        for (Choice choice : settled.chosen().values()) {
            DesiredJob built =
                    choice.document() instanceof Job job
                            ? builder.build(job, choice.read().place())
                            : null;
            if (built != null) {
                jobs.put(built.id(), built);
            }
        }
        return jobs;
    }

    private static SortedMap<ResourceId, DesiredApp> apps(
            AppBuilder builder, Settled settled, List<DesiredRoute> routes) {
        Map<ResourceId, List<DesiredRoute>> routesByApp = new HashMap<>();
        for (DesiredRoute route : routes) {
            if (route.destination() instanceof DesiredRoute.ToApp(ResourceId app, _)) {
                routesByApp.computeIfAbsent(app, _ -> new ArrayList<>()).add(route);
            }
        }
        SortedMap<ResourceId, DesiredApp> apps = new TreeMap<>();
        for (Choice choice : settled.chosen().values()) {
            if (choice.document() instanceof App app) {
                apps.put(
                        app.id(),
                        builder.build(
                                app,
                                choice.read().place(),
                                settled.source(app.id()),
                                routesByApp.getOrDefault(app.id(), List.of())));
            }
        }
        return apps;
    }
}

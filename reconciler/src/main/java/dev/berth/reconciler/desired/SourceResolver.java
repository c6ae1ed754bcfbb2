package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.catalog.Catalogs;
import dev.berth.reconciler.build.recognise.BuildVariables;
import dev.berth.reconciler.build.recognise.Hints;
import dev.berth.reconciler.source.AppSources;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.Doubt;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.source.SourceRef;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Command;
import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Pins the source of each app to a directory of a commit, for one load. */
final class SourceResolver {
    private static final String AN_OLDER_BERTH_TOOK = "Dockerfile";
    private static final String UNREAD = "";
    private static final int ANY_PORT = 80;

    private final AppSources appSources;
    private final BuildRules rules;
    private final Revision revision;
    private final ConfigTree tree;
    private final LastGood.Memory memory;
    private final Map<Version, SourceAnswer> answers = new HashMap<>();
    private final List<SourceRef> named = new ArrayList<>();
    private final List<Asked> elsewhere = new ArrayList<>();
    private @Nullable String configId;

    /** How directories are judged, with what is remembered of that from load to load. */
    record BuildRules(DirectoryCheck directories, Recogniser recogniser, Catalogs catalogs) {
        static BuildRules of(Catalogs catalogs) {
            return new BuildRules(new DirectoryCheck(), new Recogniser(), catalogs);
        }

        /** The same for one load, which sees one catalog. */
        BuildRules once() {
            return new BuildRules(directories, recogniser, catalogs.once());
        }
    }

    SourceResolver(
            AppSources appSources,
            BuildRules rules,
            Revision revision,
            ConfigTree tree,
            LastGood.Memory memory) {
        this.appSources = appSources;
        this.rules = rules;
        this.revision = revision;
        this.tree = tree;
        this.memory = memory;
    }

    /** Looks at the repos that apps name: one that does not answer then holds up no other. */
    void lookAhead(Collection<Choice> choices) {
        for (Choice choice : choices) {
            if (choice.document() instanceof App app
                    && app.spec().source() != null
                    && app.spec().source().repo() != null) {
                named.add(SourceRef.of(app.spec().source()));
            }
        }
        appSources.lookAhead(named);
    }

    /** Likewise at commits that previews are of. */
    void lookAhead(List<SourceRef> commits) {
        named.addAll(commits);
        appSources.lookAhead(commits);
    }

    /**
     * Where the app's code or files come from; the same each time it is asked.
     *
     * @param given names of variables that its build is given
     * @throws ReconcileException if the config tree can't be read
     */
    SourceAnswer resolve(App app, BuildVariables given, boolean current) throws ReconcileException {
        return resolve(new Question(app, given, current, null));
    }

    /**
     * Where the code of a preview comes from. What its commit does not bear out leaves it at the
     * last one that it was built of.
     *
     * @param at the commit
     * @throws ReconcileException if the config tree can't be read
     */
    SourceAnswer resolve(App preview, BuildVariables given, SourceRef at)
            throws ReconcileException {
        return resolve(new Question(preview, given, false, at));
    }

    private SourceAnswer resolve(Question question) throws ReconcileException {
        Version version = Version.of(question);
        SourceAnswer known = answers.get(version);
        if (known == null) {
            known = resolveNow(question);
            answers.put(version, known);
            if (version.source() != null && version.source().repo() != null) {
                elsewhere.add(new Asked(question, known));
            }
        }
        return known;
    }

    /**
     * What is asked.
     *
     * @param at the one commit that is meant; {@code null} = the newest of what the app follows
     */
    private record Question(
            App app, BuildVariables given, boolean current, @Nullable SourceRef at) {
        /** What is followed, or meant. */
        @Nullable String ref(App.Source source) {
            return at == null ? source.ref() : at.ref();
        }
    }

    /** What a repo other than the config repo was asked for, and what it said. */
    private record Asked(Question question, SourceAnswer answer) {}

    /**
     * Asks other repos all that was asked of them in another load of the same commit.
     *
     * @return true when each says what it said then
     * @throws ReconcileException if the config tree can't be read
     */
    boolean repeats(SourceResolver before) throws ReconcileException {
        appSources.lookAhead(before.named);
        for (Asked asked : before.elsewhere) {
            if (!resolve(asked.question()).equals(asked.answer())) {
                return false;
            }
        }
        return true;
    }

    private SourceAnswer resolveNow(Question question) throws ReconcileException {
        SourceAnswer answer = newest(question);
        SourceAnswer last = last(question);
        return switch (answer) {
            case SourceAnswer.Image _, SourceAnswer.Pinned _ -> answer;
            case SourceAnswer.Wrong(_, String message) ->
                    !question.current()
                                    && last
                                            instanceof
                                            SourceAnswer.Pinned(var pin, var recipe, _, _)
                            ? new SourceAnswer.Pinned(pin, recipe, message)
                            : answer;
            case SourceAnswer.Unreadable(String cause) ->
                    last instanceof SourceAnswer.Pinned(var pin, var recipe, _, _)
                            ? new SourceAnswer.Pinned(pin, recipe, cause, true)
                            : answer;
        };
    }

    /** What counted the last time, if the document means the same source; else none. */
    private SourceAnswer last(Question question) {
        App app = question.app();
        App.Spec spec = app.spec();
        SourcePin pin = memory.pins().get(app.id().toString());
        if (pin == null || !isSame(question, pin)) {
            return new SourceAnswer.Image();
        }
        if (spec.source() == null) {
            return new SourceAnswer.Pinned(pin, null, null);
        }
        String named = dockerfile(spec.build());
        Recipe known = memory.recipes().get(app.id().toString());
        return new SourceAnswer.Pinned(
                pin,
                named != null || known == null
                        ? new Recipe.Own(named == null ? AN_OLDER_BERTH_TOOK : named)
                        : known,
                null);
    }

    private SourceAnswer newest(Question question) throws ReconcileException {
        App app = question.app();
        BuildVariables given = question.given();
        App.Spec spec = app.spec();
        if (spec.staticFiles() != null) {
            return site(spec.staticFiles());
        }
        App.Source source = spec.source();
        if (source == null) {
            return new SourceAnswer.Image();
        }
        if (source.repo() == null) {
            return build(app, source, new Commit(revision, tree, given, null));
        }
        SourceRef meant = question.at();
        return switch (appSources.read(meant == null ? SourceRef.of(source) : meant)) {
            case SourceReading.Fresh(Revision at, ConfigTree files) ->
                    buildFromRepo(app, source, new Commit(at, files, given, null));
            case SourceReading.Stale(Revision at, ConfigTree files, Doubt doubt) ->
                    buildFromRepo(app, source, new Commit(at, files, given, doubt.cause()));
            case SourceReading.Unavailable(Doubt doubt) ->
                    new SourceAnswer.Unreadable(doubt.cause());
        };
    }

    /**
     * What code is taken from, and what its build is given.
     *
     * @param stale why it may not be the newest; {@code null} when it is
     */
    private record Commit(
            Revision at, ConfigTree files, BuildVariables given, @Nullable String stale) {}

    private SourceAnswer buildFromRepo(App app, App.Source source, Commit commit) {
        try {
            return build(app, source, commit);
        } catch (ReconcileException e) {
            return new SourceAnswer.Unreadable(e.getMessage());
        }
    }

    private SourceAnswer build(App app, App.Source source, Commit commit)
            throws ReconcileException {
        App.Build build = app.spec().build();
        String path = Paths.inRepo(source.path());
        String id = commit.files().directoryId(path);
        String where =
                source.repo() == null
                        ? "this repo"
                        : RepoUrl.withoutLogin(source.repo()) + " at " + commit.at().shortCommit();
        if (id == null) {
            return noDirectory("spec.source.path", path, where);
        }
        String named = dockerfile(build);
        Watched watched = watched(source, commit.files());
        return switch (rules.directories().toBuild(commit.files(), path, id, named, watched)) {
            case DirectoryCheck.Answer.Buildable(String contentId, String dockerfile) -> {
                String muted = named == null ? muted(app, dockerfile, where) : null;
                yield muted == null
                        ? pinned(source, commit, contentId, new Recipe.Own(dockerfile))
                        : new SourceAnswer.Wrong("spec.source", muted);
            }
            case DirectoryCheck.Answer.Wrong(String fault) ->
                    new SourceAnswer.Wrong(
                            named == null ? "spec.source" : "spec.build.dockerfile",
                            "%s in %s".formatted(fault, where));
            case DirectoryCheck.Answer.NoDockerfile _, DirectoryCheck.Answer.Servable _ ->
                    recognise(app, source, commit, where);
        };
    }

    /**
     * Who takes a build over commits a Dockerfile, of which Berth reads no port: an app that was
     * reached would be reached no more. What to say then; {@code null} when it is not so.
     */
    private @Nullable String muted(App app, String dockerfile, String where) {
        String id = app.id().toString();
        SourcePin pin = memory.pins().get(id);
        Recipe before = pin == null || isUnread(pin) ? null : memory.recipes().get(id);
        Recipe.Recognised as = before == null ? null : before.recognised();
        if (as == null || EffectiveProcesses.webPort(app.spec()) != null) {
            return null;
        }
        String port =
                before instanceof Recipe.Written(_, _, _, Recipe.Program program)
                        ? "port: " + program.port()
                        : "its port";
        return ("%s is in %s now, and the document has no port for it; until now it was recognised"
                        + " as %s and served without: add %s to spec, or name the file in"
                        + " build.dockerfile to have none")
                .formatted(dockerfile, where, as.name(), port);
    }

    private SourceAnswer recognise(App app, App.Source source, Commit commit, String where)
            throws ReconcileException {
        Catalog images;
        try {
            images = rules.catalogs().current();
        } catch (ReconcileException.Stalled e) {
            return new SourceAnswer.Wrong("spec.source", e.getMessage());
        } catch (ReconcileException e) {
            return new SourceAnswer.Unreadable(e.getMessage());
        }
        ConfigTree files = commit.files();
        String id = source.repo() == null ? configId() : files.directoryId(".");
        String name = app.metadata().name();
        Watched watched = watched(source, files);
        return switch (rules.recogniser()
                .look(files, id, name, hints(app, source, commit.given()), images, watched)) {
            case Recogniser.Answer.Right(String contentId, Recipe recipe) ->
                    pinned(source, commit, contentId, recipe);
            case Recogniser.Answer.Wrong(String fault) ->
                    new SourceAnswer.Wrong("spec.source", "in %s: %s".formatted(where, fault));
        };
    }

    private Watched watched(App.Source source, ConfigTree files) throws ReconcileException {
        if (source.watch().isEmpty()) {
            return Watched.ALL;
        }
        String repoId = source.repo() == null ? configId() : files.directoryId(".");
        return new Watched(Paths.inRepo(source.path()), source.watch(), repoId);
    }

    /** Asked once: of a directory that is no commit, every file is read for it. */
    private @Nullable String configId() throws ReconcileException {
        String known = configId;
        if (known == null) {
            known = tree.directoryId(".");
            configId = known;
        }
        return known;
    }

    private static SourceAnswer pinned(
            App.Source source, Commit commit, String contentId, Recipe recipe) {
        return new SourceAnswer.Pinned(
                new SourcePin(source.repo(), commit.at(), Paths.inRepo(source.path()), contentId),
                recipe,
                commit.stale(),
                commit.stale() != null);
    }

    private static Hints hints(App app, App.Source source, BuildVariables given) {
        App.ProcessSpec web = EffectiveProcesses.of(app.spec()).get(AppRules.WEB);
        return Hints.of(
                new App.Source(source.repo(), source.branch(), Paths.inRepo(source.path())),
                app.spec().build(),
                given,
                web == null ? null : web.port(),
                commands(app.spec()));
    }

    private static Hints.Commands commands(App.Spec spec) {
        SortedMap<String, App.ProcessSpec> processes = EffectiveProcesses.of(spec);
        App.ProcessSpec web = processes.remove(AppRules.WEB);
        List<Command> others = new ArrayList<>();
        for (App.ProcessSpec each : processes.values()) {
            Command command = each.command();
            if (command != null) {
                others.add(command);
            }
        }
        App.ReleaseCommand release = spec.release();
        if (release != null) {
            others.add(release.command());
        }
        spec.cron().forEach(cron -> others.add(cron.command()));
        return new Hints.Commands(web == null ? null : web.command(), others);
    }

    private SourceAnswer site(App.StaticFiles site) throws ReconcileException {
        String path = Paths.inRepo(site.path());
        String id = tree.directoryId(path);
        if (id == null) {
            return noDirectory("spec.static.path", path, "this repo");
        }
        String needed = site.spa() ? "index.html" : null;
        return switch (rules.directories().toServe(tree, path, id, needed)) {
            case DirectoryCheck.Answer.Servable _,
                    DirectoryCheck.Answer.Buildable _,
                    DirectoryCheck.Answer.NoDockerfile _ ->
                    new SourceAnswer.Pinned(new SourcePin(null, revision, path, id), null, null);
            case DirectoryCheck.Answer.Wrong(String fault) ->
                    new SourceAnswer.Wrong("spec.static.path", fault);
        };
    }

    /**
     * Stands for a source in another repo that is not looked at. One that may have no Dockerfile is
     * taken for a program with a port, as that allows the most.
     */
    static SourceAnswer.Pinned unread(App.Source source, App.@Nullable Build build) {
        String path = Paths.inRepo(source.path());
        String branch = source.ref() == null ? "main" : source.ref();
        String named = dockerfile(build);
        return new SourceAnswer.Pinned(
                new SourcePin(
                        source.repo(),
                        new Revision(branch, "0".repeat(40), "", Instant.EPOCH),
                        path,
                        UNREAD),
                named == null
                        ? new Recipe.Written(
                                new Recipe.Recognised("a program", "it was not looked at"),
                                path,
                                "",
                                new Recipe.Program(ANY_PORT, null, new TreeMap<>()))
                        : new Recipe.Own(named),
                null);
    }

    /** Whether that stands for a source that was not looked at. */
    static boolean isUnread(SourcePin pin) {
        return pin.directoryId().equals(UNREAD);
    }

    /** The Dockerfile that the document names; {@code null} when it names none. */
    private static @Nullable String dockerfile(App.@Nullable Build build) {
        return build == null || build.dockerfile() == null
                ? null
                : Paths.inRepo(build.dockerfile());
    }

    private static SourceAnswer noDirectory(String field, String path, String where) {
        return new SourceAnswer.Wrong(
                field, "there is no directory %s in %s".formatted(path, where));
    }

    private static boolean isSame(Question question, SourcePin pin) {
        App.Spec spec = question.app().spec();
        if (spec.staticFiles() != null) {
            return pin.repo() == null && pin.path().equals(Paths.inRepo(spec.staticFiles().path()));
        }
        App.Source source = spec.source();
        return source != null
                && Objects.equals(source.repo(), pin.repo())
                && pin.path().equals(Paths.inRepo(source.path()))
                && isSameRef(question.ref(source), pin.revision().branch());
    }

    private static boolean isSameRef(@Nullable String wanted, String ref) {
        return wanted == null ? !ref.startsWith(App.Source.TAGS) : wanted.equals(ref);
    }

    /** One version of an app's document: what it says of its source, and whether it is old. */
    private record Version(
            ResourceId app,
            BuildVariables given,
            boolean current,
            App.@Nullable Source source,
            App.@Nullable Build build,
            App.@Nullable StaticFiles files,
            App.@Nullable ProcessSpec web,
            Hints.Commands commands,
            @Nullable SourceRef at) {
        static Version of(Question question) {
            App.Spec spec = question.app().spec();
            return new Version(
                    question.app().id(),
                    question.given(),
                    question.current(),
                    spec.source(),
                    spec.build(),
                    spec.staticFiles(),
                    EffectiveProcesses.of(spec).get(AppRules.WEB),
                    SourceResolver.commands(spec),
                    question.at());
        }
    }
}

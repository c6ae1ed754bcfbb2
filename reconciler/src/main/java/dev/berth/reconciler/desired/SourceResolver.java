package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.AppSources;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.Doubt;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Pins the source of each app to a directory of a commit, for one load. */
final class SourceResolver {
    private final AppSources appSources;
    private final DirectoryCheck check;
    private final Revision revision;
    private final ConfigTree tree;
    private final LastGood.Memory memory;
    private final Map<Version, SourceAnswer> answers = new HashMap<>();
    private final List<App.Source> named = new ArrayList<>();
    private final List<Asked> elsewhere = new ArrayList<>();

    SourceResolver(
            AppSources appSources,
            DirectoryCheck check,
            Revision revision,
            ConfigTree tree,
            LastGood.Memory memory) {
        this.appSources = appSources;
        this.check = check;
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
                named.add(app.spec().source());
            }
        }
        appSources.lookAhead(named);
    }

    /**
     * Where the app's code or files come from; the same each time it is asked.
     *
     * @throws ReconcileException if the config tree can't be read
     */
    SourceAnswer resolve(App app, boolean current) throws ReconcileException {
        Version version = Version.of(app, current);
        SourceAnswer known = answers.get(version);
        if (known == null) {
            known = resolveNow(app, current);
            answers.put(version, known);
            if (version.source() != null && version.source().repo() != null) {
                elsewhere.add(new Asked(app, current, known));
            }
        }
        return known;
    }

    /** What a repo other than the config repo was asked for, and what it said. */
    private record Asked(App app, boolean current, SourceAnswer answer) {}

    /**
     * Asks other repos all that was asked of them in another load of the same commit.
     *
     * @return true when each says what it said then
     * @throws ReconcileException if the config tree can't be read
     */
    boolean repeats(SourceResolver before) throws ReconcileException {
        appSources.lookAhead(before.named);
        for (Asked asked : before.elsewhere) {
            if (!resolve(asked.app(), asked.current()).equals(asked.answer())) {
                return false;
            }
        }
        return true;
    }

    private SourceAnswer resolveNow(App app, boolean current) throws ReconcileException {
        SourceAnswer answer = newest(app.spec());
        SourcePin last = memory.pins().get(app.id().toString());
        boolean same = last != null && isSame(app.spec(), last);
        return switch (answer) {
            case SourceAnswer.Image _, SourceAnswer.Pinned _ -> answer;
            case SourceAnswer.Wrong(_, String message) ->
                    current || !same || last == null
                            ? answer
                            : new SourceAnswer.Pinned(last, message);
            case SourceAnswer.Unreadable(String cause) ->
                    !same || last == null ? answer : new SourceAnswer.Pinned(last, cause);
        };
    }

    private SourceAnswer newest(App.Spec spec) throws ReconcileException {
        if (spec.staticFiles() != null) {
            return site(spec.staticFiles());
        }
        App.Source source = spec.source();
        if (source == null) {
            return new SourceAnswer.Image();
        }
        if (source.repo() == null) {
            return build(source, spec.build(), revision, tree, null);
        }
        return switch (appSources.read(source)) {
            case SourceReading.Fresh(Revision at, ConfigTree files) ->
                    buildFromRepo(source, spec.build(), at, files, null);
            case SourceReading.Stale(Revision at, ConfigTree files, Doubt doubt) ->
                    buildFromRepo(source, spec.build(), at, files, doubt.cause());
            case SourceReading.Unavailable(Doubt doubt) ->
                    new SourceAnswer.Unreadable(doubt.cause());
        };
    }

    private SourceAnswer buildFromRepo(
            App.Source source,
            App.@Nullable Build build,
            Revision at,
            ConfigTree files,
            @Nullable String stale) {
        try {
            return build(source, build, at, files, stale);
        } catch (ReconcileException e) {
            return new SourceAnswer.Unreadable(e.getMessage());
        }
    }

    private SourceAnswer build(
            App.Source source,
            App.@Nullable Build build,
            Revision at,
            ConfigTree files,
            @Nullable String stale)
            throws ReconcileException {
        String path = Paths.inRepo(source.path());
        String id = files.directoryId(path);
        String where =
                source.repo() == null
                        ? "this repo"
                        : RepoUrl.withoutLogin(source.repo()) + " at " + at.shortCommit();
        if (id == null) {
            return noDirectory("spec.source.path", path, where);
        }
        DirectoryCheck.Answer answer =
                check.ask(files, path, id, DirectoryCheck.Use.BUILD, dockerfile(build));
        return answer.fault() == null
                ? new SourceAnswer.Pinned(
                        new SourcePin(source.repo(), at, path, answer.contentId()), stale)
                : new SourceAnswer.Wrong(
                        build == null ? "spec.source" : "spec.build.dockerfile",
                        "%s in %s".formatted(answer.fault(), where));
    }

    private SourceAnswer site(App.StaticFiles site) throws ReconcileException {
        String path = Paths.inRepo(site.path());
        String id = tree.directoryId(path);
        if (id == null) {
            return noDirectory("spec.static.path", path, "this repo");
        }
        String fault =
                check.ask(
                                tree,
                                path,
                                id,
                                DirectoryCheck.Use.SERVE,
                                site.spa() ? "index.html" : null)
                        .fault();
        return fault == null
                ? new SourceAnswer.Pinned(new SourcePin(null, revision, path, id), null)
                : new SourceAnswer.Wrong("spec.static.path", fault);
    }

    /** Stands for a source in another repo that is not looked at. */
    static SourcePin unread(App.Source source) {
        String branch = source.branch() == null ? "main" : source.branch();
        return new SourcePin(
                source.repo(),
                new Revision(branch, "0".repeat(40), "", Instant.EPOCH),
                Paths.inRepo(source.path()),
                "");
    }

    static String dockerfile(App.@Nullable Build build) {
        return build == null ? "Dockerfile" : Paths.inRepo(build.dockerfile());
    }

    private static SourceAnswer noDirectory(String field, String path, String where) {
        return new SourceAnswer.Wrong(
                field, "there is no directory %s in %s".formatted(path, where));
    }

    private static boolean isSame(App.Spec spec, SourcePin pin) {
        if (spec.staticFiles() != null) {
            return pin.repo() == null && pin.path().equals(Paths.inRepo(spec.staticFiles().path()));
        }
        App.Source source = spec.source();
        return source != null
                && Objects.equals(source.repo(), pin.repo())
                && pin.path().equals(Paths.inRepo(source.path()))
                && (source.branch() == null || source.branch().equals(pin.revision().branch()));
    }

    /** One version of an app's document: what it says of its source, and whether it is old. */
    private record Version(
            ResourceId app,
            boolean current,
            App.@Nullable Source source,
            App.@Nullable Build build,
            App.@Nullable StaticFiles files) {
        static Version of(App app, boolean current) {
            App.Spec spec = app.spec();
            return new Version(app.id(), current, spec.source(), spec.build(), spec.staticFiles());
        }
    }
}

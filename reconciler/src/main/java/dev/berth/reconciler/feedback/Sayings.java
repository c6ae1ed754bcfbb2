package dev.berth.reconciler.feedback;

import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.forge.CommitStatus;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Post;
import dev.berth.reconciler.source.Doubt;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.PreviewStatus.State;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is to be said after a pass, by what it is about: a comment at each pull request with
 * previews, and statuses of commits. A status says success only of what serves now. Pure.
 *
 * @param instance name of the Instance, which tells one Berth's comments from another's
 * @param config the config repo; {@code null} when no forge can have it
 */
record Sayings(String instance, @Nullable ForgeRepo config, Links links) {
    private static final Pattern PREVIEW_KEY =
            Pattern.compile("[^ ]+@[0-9a-f]{40} berth/preview/[^ ]+ app/([^ ]+)");

    /**
     * A pull request.
     *
     * @param number in its repo
     */
    record Pull(ForgeRepo repo, int number) {
        private static final Pattern KEY =
                Pattern.compile("([^/#]+)/(.+)#([1-9][0-9]{0,8}) preview");

        String key() {
            return "%s#%d preview".formatted(repo, number);
        }

        /** The one that a key is of; {@code null} when it is no such key. */
        static @Nullable Pull ofKey(String key) {
            Matcher parts = KEY.matcher(key);
            return parts.matches()
                    ? new Pull(
                            new ForgeRepo(parts.group(1), parts.group(2)),
                            Integer.parseInt(parts.group(3)))
                    : null;
        }
    }

    /**
     * Whether it is certain that a pull request has no preview any more. What a pass does not name
     * may be there all the same, while a document is wrong or nobody answers for its repo.
     *
     * @param known what is followed
     */
    static boolean isGone(Pull pull, PassReport pass, DesiredState.Known known) {
        String key = "pr-" + pull.number();
        return isGone(key, app -> mayBeOf(app, pull.repo(), known), pull.repo(), pass, known);
    }

    /** Likewise of the preview of one app, also when it is of a branch. */
    private static boolean isGone(
            PreviewId preview, ForgeRepo repo, PassReport pass, DesiredState.Known known) {
        ResourceId parent = preview.parent();
        return isGone(
                preview.key(),
                app -> app.equals(parent) && mayBeOf(app, repo, known),
                repo,
                pass,
                known);
    }

    private static boolean isGone(
            String key,
            Predicate<ResourceId> mayBeOne,
            ForgeRepo repo,
            PassReport pass,
            DesiredState.Known known) {
        boolean there =
                known.previews().stream()
                        .anyMatch(
                                state ->
                                        state.preview().id().key().equals(key)
                                                && mayBeOne.test(state.parent())
                                                && repo.equals(repo(state.repo())));
        boolean lives =
                pass.resources().stream()
                        .map(one -> PreviewId.of(one.id()))
                        .filter(Objects::nonNull)
                        .filter(id -> id.key().equals(key))
                        .map(PreviewId::parent)
                        .anyMatch(mayBeOne);
        boolean doubtful =
                known.pruneHold() != null
                        || known.held().stream().anyMatch(mayBeOne)
                        || known.blurred().entrySet().stream()
                                .filter(blurred -> isOf(blurred.getKey(), key))
                                .filter(blurred -> !blurred.getValue().contains(key))
                                .anyMatch(blurred -> mayBeOne.test(app(blurred.getKey())));
        return !there && !lives && !doubtful;
    }

    private static boolean isOf(ResourceId blurred, String key) {
        PreviewId preview = PreviewId.of(blurred);
        return preview == null || preview.key().equals(key);
    }

    private static ResourceId app(ResourceId blurred) {
        PreviewId preview = PreviewId.of(blurred);
        return preview == null ? blurred : preview.parent();
    }

    /** One whose document names no other repo may be of this one. */
    private static boolean mayBeOf(ResourceId app, ForgeRepo repo, DesiredState.Known known) {
        List<String> named =
                known.repos().entrySet().stream()
                        .filter(entry -> entry.getValue().contains(app))
                        .map(Map.Entry::getKey)
                        .toList();
        return named.isEmpty() || named.stream().anyMatch(url -> repo.equals(repo(url)));
    }

    /** The pull requests that a pass knows previews of. */
    static Map<Pull, List<PreviewStatus>> pulls(PassReport pass) {
        Map<Pull, List<PreviewStatus>> pulls = new LinkedHashMap<>();
        for (PreviewStatus preview : pass.previews()) {
            ForgeRepo repo = repo(preview.repo());
            if (repo != null && preview.number() != null) {
                pulls.computeIfAbsent(new Pull(repo, preview.number()), _ -> new ArrayList<>())
                        .add(preview);
            }
        }
        return pulls;
    }

    static @Nullable ForgeRepo repo(String url) {
        try {
            return ForgeRepo.of(RepoUrl.parse(url));
        } catch (RepoUrl.InvalidRepoUrlException e) {
            return null;
        }
    }

    private String marker() {
        return instance + "/preview";
    }

    Post comment(Pull pull, List<PreviewStatus> previews, List<Build> builds, Instant now) {
        Map<ResourceId, Build> newest = new HashMap<>();
        builds.forEach(build -> newest.putIfAbsent(build.app(), build));
        return new Post.Comment(
                pull.repo(),
                pull.number(),
                marker(),
                new PreviewComment(links, newest).of(previews, now));
    }

    Post gone(Pull pull) {
        return new Post.Comment(
                pull.repo(),
                pull.number(),
                marker(),
                PreviewComment.gone("the pull request is closed, or no app has previews of it"));
    }

    /** As {@link #ofPreviews(PassReport, Predicate)}, when nothing was said before. */
    SequencedMap<String, Post> ofPreviews(PassReport pass) {
        return ofPreviews(pass, _ -> false);
    }

    /**
     * Statuses of the newest commits of what previews are of, and of those older ones that they
     * should be of, by what they are about. Nothing of a preview that there is not, unless
     * something was said of it before, which holds no more; and nothing of a commit that merely
     * serves as long as the wanted one can't.
     *
     * @param before whether something was said under a key of these, also by earlier processes
     */
    SequencedMap<String, Post> ofPreviews(PassReport pass, Predicate<String> before) {
        SequencedMap<String, Post> said = new LinkedHashMap<>();
        for (PreviewStatus preview : pass.previews()) {
            ForgeRepo repo = repo(preview.repo());
            if (repo == null) {
                continue;
            }
            String head = preview.commit();
            String key = key(repo, preview, head);
            if (preview.state() != State.None || before.test(key)) {
                said.put(key, status(repo, preview, head, isOlderWanted(preview)));
            }
            String wanted = preview.wanted();
            if (wanted != null && !wanted.equals(head)) {
                said.put(key(repo, preview, wanted), status(repo, preview, wanted, false));
            }
        }
        return said;
    }

    /**
     * What becomes of a status that says that a preview is under way, and that nothing is said of
     * any more; {@code null} = it stays, as it may go on, or is about something else.
     *
     * @param key of that status
     * @param known what is followed
     */
    @Nullable Post abandoned(
            String key, Post.Status before, PassReport pass, DesiredState.Known known) {
        PreviewId preview = previewOf(key);
        if (preview == null) {
            return null;
        }
        for (PreviewStatus now : pass.previews()) {
            if (now.preview().equals(preview.id()) && before.repo().equals(repo(now.repo()))) {
                return before.commit().equals(now.commit())
                                || before.commit().equals(now.wanted())
                                || before.commit().equals(now.serves())
                        ? null
                        : before.ended("no preview: a newer commit has taken its place");
            }
        }
        return isGone(preview, before.repo(), pass, known)
                ? before.ended(
                        "no preview any more: what it was one of is closed, or no app has previews of it")
                : null;
    }

    private static @Nullable PreviewId previewOf(String key) {
        Matcher parts = PREVIEW_KEY.matcher(key);
        return parts.matches() ? PreviewId.of(ResourceId.app(parts.group(1))) : null;
    }

    private static String key(ForgeRepo repo, PreviewStatus preview, String commit) {
        return "%s@%s %s %s".formatted(repo, commit, context(preview), preview.preview());
    }

    private static String context(PreviewStatus preview) {
        return "berth/preview/" + preview.app().name();
    }

    /**
     * The status of one commit.
     *
     * @param passedOver whether an older commit is wanted in its place
     */
    private Post status(ForgeRepo repo, PreviewStatus preview, String commit, boolean passedOver) {
        boolean serves =
                preview.state() == State.Serving && !passedOver && commit.equals(preview.serves());
        CommitStatus.State state =
                serves
                        ? CommitStatus.State.SUCCESS
                        : preview.state() == State.Failed && !passedOver
                                ? CommitStatus.State.FAILURE
                                : CommitStatus.State.PENDING;
        return new Post.Status(
                repo,
                commit,
                new CommitStatus(
                        context(preview),
                        state,
                        passedOver ? passedOver(preview) : words(preview, commit),
                        preview.state() == State.Serving && preview.url() != null
                                ? preview.url()
                                : links.previews()));
    }

    private static boolean isOlderWanted(PreviewStatus preview) {
        return preview.wanted() != null && !preview.wanted().equals(preview.commit());
    }

    /** What an older commit came to is neither success nor failure of the newest. */
    private static String passedOver(PreviewStatus preview) {
        String older = shortened(preview.wanted());
        String first = first(preview);
        return switch (preview.state()) {
            case Serving -> first == null ? "not built; commit %s serves".formatted(older) : first;
            case Failed -> "not built; what failed is commit " + older;
            case Deploying, Queued, None -> "not built; what is on its way is commit " + older;
        };
    }

    private static String words(PreviewStatus preview, String commit) {
        boolean older = !commit.equals(preview.commit());
        // without a reason it says why there is no newer one
        String first =
                older && preview.reason() == null && preview.state() != State.Failed
                        ? null
                        : first(preview);
        return switch (preview.state()) {
            case Serving ->
                    first != null
                            ? first
                            : !commit.equals(preview.serves())
                                    ? "another commit serves"
                                    : preview.url() == null ? "runs" : "serves " + preview.url();
            case Deploying -> first == null ? "on its way" : first;
            case Queued -> first == null ? "queued" : "queued: " + first;
            case None -> first == null ? "it has no preview" : "no preview: " + first;
            case Failed -> first == null ? "failed" : first;
        };
    }

    /** The first line of its message; {@code null} when it has none. */
    private static @Nullable String first(PreviewStatus preview) {
        String message = preview.message();
        return message == null || message.isBlank()
                ? null
                : message.strip().lines().findFirst().orElse(null);
    }

    private static String shortened(@Nullable String commit) {
        return commit == null ? "" : commit.substring(0, Math.min(12, commit.length()));
    }

    /**
     * Statuses of the commits that apps are built of, and of the commit of the config repo for each
     * app that it changes or that it is not true of yet.
     *
     * @param builds newest first; none while nobody can tell
     * @param apps how they stand; what is no app is passed over
     */
    SequencedMap<String, Post> ofBuilds(List<Build> builds, Map<ResourceId, ResourceStatus> apps) {
        SequencedMap<String, Post> said = new LinkedHashMap<>();
        Map<ResourceId, Build> newest = new LinkedHashMap<>();
        builds.forEach(build -> newest.putIfAbsent(build.app(), build));
        for (Build build : newest.values()) {
            ForgeRepo repo = build.repo() == null ? config : repo(build.repo());
            CommitStatus.State state = state(build, apps.get(build.app()));
            if (repo == null || state == null || PreviewId.of(build.app()) != null) {
                continue;
            }
            String context = "berth/deploy/" + build.app().name();
            said.put(
                    "%s@%s %s".formatted(repo, build.commit(), context),
                    new Post.Status(
                            repo,
                            build.commit(),
                            new CommitStatus(
                                    context, state, words(build), links.build(build.id()))));
        }
        for (ResourceStatus app : apps.values()) {
            String commit = commit(app.revision());
            if (config != null
                    && commit != null
                    && app.id().kind() == Kind.App
                    && PreviewId.of(app.id()) == null
                    && isConcerned(app)) {
                String context = "berth/deploy/" + app.id().name();
                said.putIfAbsent(
                        "%s@%s %s".formatted(config, commit, context),
                        new Post.Status(
                                config,
                                commit,
                                new CommitStatus(
                                        context,
                                        state(app),
                                        words(app),
                                        links.resource(app.id()))));
            }
        }
        return said;
    }

    /** Else each commit would have a status for each app, of which forges take a thousand. */
    private static boolean isConcerned(ResourceStatus app) {
        return !app.revision().equals(app.appliedRevision())
                || app.history().stream()
                        .anyMatch(attempt -> attempt.revision().equals(app.revision()));
    }

    /** {@code main@sha1:<40 hex>}; {@code null} when there is none. */
    private static @Nullable String commit(String revision) {
        int at = revision.lastIndexOf(':');
        return at < 0 ? null : revision.substring(at + 1);
    }

    private static String words(ResourceStatus app) {
        Condition ready = app.condition(ConditionType.Ready);
        if (isReady(app)) {
            return app.urls().isEmpty() ? "runs" : "serves " + app.urls().getFirst();
        }
        return ready == null || ready.status() == Condition.Status.True || ready.message().isBlank()
                ? "on its way"
                : ready.message().strip().lines().findFirst().orElse("");
    }

    private static CommitStatus.@Nullable State state(Build build, @Nullable ResourceStatus app) {
        return switch (build.phase()) {
            case Queued, Fetching, Detecting, Building, Pushing, Releasing, Probing ->
                    CommitStatus.State.PENDING;
            case Serving -> isReady(app) ? CommitStatus.State.SUCCESS : null;
            case Failed -> CommitStatus.State.FAILURE;
            case Superseded -> null;
        };
    }

    private static String words(Build build) {
        Build.Phase failed = build.failedIn();
        String message = build.steps().getLast().message();
        if (failed != null) {
            return "failed in %s: %s"
                    .formatted(
                            failed.toString().toLowerCase(Locale.ROOT),
                            message == null ? "" : message.strip().lines().findFirst().orElse(""));
        }
        return build.phase() == Build.Phase.Serving
                ? "serves, " + PreviewComment.words(build.took(build.steps().getLast().at()))
                : build.phase().toString().toLowerCase(Locale.ROOT);
    }

    private static boolean isReady(@Nullable ResourceStatus status) {
        Condition ready = status == null ? null : status.condition(ConditionType.Ready);
        return status != null
                && ready != null
                && ready.status() == Condition.Status.True
                && status.generation().equals(ready.observedGeneration());
    }

    /** The status of the commit of the config repo that is followed. */
    SequencedMap<String, Post> ofConfig(PassReport pass) {
        SequencedMap<String, Post> said = new LinkedHashMap<>();
        String commit = commit(pass.revision());
        if (config != null && commit != null) {
            put(said, config, commit, judged(pass));
        }
        return said;
    }

    /** The status of a newer commit of it, which is not followed; none when nobody knows it. */
    SequencedMap<String, Post> ofRefused(@Nullable Doubt doubt) {
        SequencedMap<String, Post> said = new LinkedHashMap<>();
        String commit = doubt == null ? null : doubt.commit();
        if (config != null && doubt != null && doubt.isRefusal() && commit != null) {
            put(said, config, commit, new Verdict(CommitStatus.State.FAILURE, doubt.cause()));
        }
        return said;
    }

    private void put(
            SequencedMap<String, Post> said, ForgeRepo repo, String commit, Verdict verdict) {
        said.put(
                "%s@%s berth/deploy".formatted(repo, commit),
                new Post.Status(
                        repo,
                        commit,
                        new CommitStatus(
                                "berth/deploy", verdict.state(), verdict.words(), links.home())));
    }

    private record Verdict(CommitStatus.State state, String words) {}

    private static Verdict judged(PassReport pass) {
        if (!pass.problems().isEmpty()) {
            return new Verdict(
                    CommitStatus.State.FAILURE,
                    "%d mistakes: %s"
                            .formatted(pass.problems().size(), pass.problems().getFirst()));
        }
        Map<CommitStatus.State, List<String>> byState =
                pass.resources().stream()
                        .filter(one -> one.id().kind() != Kind.Instance)
                        .filter(one -> PreviewId.of(one.id()) == null)
                        .collect(
                                Collectors.groupingBy(
                                        Sayings::state,
                                        TreeMap::new,
                                        Collectors.mapping(
                                                one -> one.id().toString(), Collectors.toList())));
        List<String> failed = byState.getOrDefault(CommitStatus.State.FAILURE, List.of());
        List<String> pending = byState.getOrDefault(CommitStatus.State.PENDING, List.of());
        String doubt = doubt(pass);
        if (!failed.isEmpty()) {
            return new Verdict(CommitStatus.State.FAILURE, "failed: " + String.join(", ", failed));
        } else if (doubt != null) {
            return new Verdict(CommitStatus.State.PENDING, doubt);
        } else if (!pending.isEmpty()) {
            return new Verdict(
                    CommitStatus.State.PENDING, "on its way: " + String.join(", ", pending));
        }
        return new Verdict(CommitStatus.State.SUCCESS, "everything is as it says");
    }

    /** What of the whole is not as it should be; {@code null} = nothing. */
    private static @Nullable String doubt(PassReport pass) {
        List<ResourceStatus> instances =
                pass.resources().stream().filter(one -> one.id().kind() == Kind.Instance).toList();
        if (instances.isEmpty()) {
            return "nothing was looked at yet";
        }
        return instances.stream()
                .flatMap(
                        one ->
                                Stream.of(
                                        one.condition(ConditionType.SourceVerified),
                                        one.condition(ConditionType.Ready)))
                .filter(one -> one != null && one.status() != Condition.Status.True)
                .map(one -> one.message().strip().lines().findFirst().orElse(""))
                .findFirst()
                .orElse(null);
    }

    private static CommitStatus.State state(ResourceStatus status) {
        if (isReady(status)) {
            return CommitStatus.State.SUCCESS;
        }
        boolean stalled =
                status.conditions().stream()
                        .anyMatch(
                                one ->
                                        one.type() == ConditionType.Stalled
                                                && one.status() == Condition.Status.True);
        return stalled ? CommitStatus.State.FAILURE : CommitStatus.State.PENDING;
    }
}

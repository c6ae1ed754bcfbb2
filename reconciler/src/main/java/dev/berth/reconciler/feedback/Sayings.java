package dev.berth.reconciler.feedback;

import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.forge.CommitStatus;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Post;
import dev.berth.reconciler.preview.Preview;
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
        boolean there =
                known.previews().stream()
                        .anyMatch(
                                state ->
                                        state.preview().subject() instanceof Preview.OfPull(var it)
                                                && it.number() == pull.number()
                                                && pull.repo().equals(repo(state.repo())));
        String key = "pr-" + pull.number();
        boolean lives =
                pass.resources().stream()
                        .map(one -> PreviewId.of(one.id()))
                        .filter(Objects::nonNull)
                        .filter(id -> id.key().equals(key))
                        .map(PreviewId::parent)
                        .anyMatch(app -> mayBeOf(app, pull.repo(), known));
        boolean doubtful =
                known.pruneHold() != null
                        || Stream.concat(known.held().stream(), known.blurred().stream())
                                .anyMatch(app -> mayBeOf(app, pull.repo(), known));
        return !there && !lives && !doubtful;
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

    /** Statuses of the commits that previews are of, by what they are about. */
    SequencedMap<String, Post> ofPreviews(PassReport pass) {
        SequencedMap<String, Post> said = new LinkedHashMap<>();
        for (PreviewStatus preview : pass.previews()) {
            ForgeRepo repo = repo(preview.repo());
            if (repo == null || preview.state() == State.None) {
                continue;
            }
            String context = "berth/preview/" + preview.app().name();
            said.put(
                    "%s@%s %s %s".formatted(repo, preview.commit(), context, preview.preview()),
                    new Post.Status(
                            repo,
                            preview.commit(),
                            new CommitStatus(
                                    context, state(preview), words(preview), target(preview))));
        }
        return said;
    }

    private @Nullable String target(PreviewStatus preview) {
        return preview.state() == State.Serving && preview.url() != null
                ? preview.url()
                : links.previews();
    }

    /** An older commit that serves is no success of the newest. */
    private static CommitStatus.State state(PreviewStatus preview) {
        return switch (preview.state()) {
            case Serving ->
                    preview.commit().equals(preview.serves())
                            ? CommitStatus.State.SUCCESS
                            : CommitStatus.State.PENDING;
            case Deploying, Queued, None -> CommitStatus.State.PENDING;
            case Failed -> CommitStatus.State.FAILURE;
        };
    }

    private static String words(PreviewStatus preview) {
        String message = preview.message();
        String first =
                message == null || message.isBlank()
                        ? null
                        : message.strip().lines().findFirst().orElse(null);
        return switch (preview.state()) {
            case Serving ->
                    first != null
                            ? first
                            : preview.url() == null ? "runs" : "serves " + preview.url();
            case Deploying -> first == null ? "on its way" : first;
            case Queued -> "queued: " + first;
            case None, Failed -> String.valueOf(first);
        };
    }

    /** Statuses of the commits that apps are built of. */
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
        return said;
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
        int at = pass.revision().lastIndexOf(':');
        SequencedMap<String, Post> said = new LinkedHashMap<>();
        if (config == null || at < 0) {
            return said;
        }
        String commit = pass.revision().substring(at + 1);
        Map<CommitStatus.State, List<String>> byState =
                pass.resources().stream()
                        .filter(one -> one.id().kind() == Kind.App || one.id().kind() == Kind.Job)
                        .filter(one -> PreviewId.of(one.id()) == null)
                        .collect(
                                Collectors.groupingBy(
                                        Sayings::state,
                                        TreeMap::new,
                                        Collectors.mapping(
                                                one -> one.id().toString(), Collectors.toList())));
        List<String> failed = byState.getOrDefault(CommitStatus.State.FAILURE, List.of());
        List<String> pending = byState.getOrDefault(CommitStatus.State.PENDING, List.of());
        CommitStatus.State state;
        String words;
        if (!pass.problems().isEmpty()) {
            state = CommitStatus.State.FAILURE;
            words = "%d mistakes: %s".formatted(pass.problems().size(), pass.problems().getFirst());
        } else if (!failed.isEmpty()) {
            state = CommitStatus.State.FAILURE;
            words = "failed: " + String.join(", ", failed);
        } else if (!pending.isEmpty()) {
            state = CommitStatus.State.PENDING;
            words = "on its way: " + String.join(", ", pending);
        } else {
            state = CommitStatus.State.SUCCESS;
            words = "everything is as it says";
        }
        said.put(
                "%s@%s berth/deploy".formatted(config, commit),
                new Post.Status(
                        config,
                        commit,
                        new CommitStatus("berth/deploy", state, words, links.base() + "/")));
        return said;
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

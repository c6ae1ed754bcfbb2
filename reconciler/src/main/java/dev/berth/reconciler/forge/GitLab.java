package dev.berth.reconciler.forge;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * GitLab, by version 4 of its REST API. Thread-safe.
 *
 * <p>A token needs the scope api and, as a token of a project or group, the role Developer.
 */
final class GitLab implements Forge {
    /** The number of the role Developer, the least that may push. */
    private static final int DEVELOPER = 30;

    private final ForgeApi api;

    GitLab(ForgeApi api) {
        this.api = api;
    }

    private record Merge(
            @Nullable Integer iid,
            @Nullable String title,
            @JsonProperty("web_url") @Nullable String url,
            @Nullable User author,
            @Nullable String state,
            @Nullable String sha,
            @JsonProperty("source_branch") @Nullable String source,
            @JsonProperty("target_branch") @Nullable String target,
            @JsonProperty("source_project_id") @Nullable Long sourceProject,
            @JsonProperty("target_project_id") @Nullable Long targetProject,
            @Nullable Boolean draft,
            @Nullable List<String> labels,
            @JsonProperty("updated_at") @Nullable Instant updatedAt) {}

    private record User(@Nullable Long id, @Nullable String username) {}

    private record Label(@Nullable String name) {}

    private record Event(
            @Nullable Long id,
            @Nullable String action,
            @Nullable User user,
            @Nullable Label label,
            @JsonProperty("created_at") @Nullable Instant createdAt) {}

    private record Version(@JsonProperty("created_at") @Nullable Instant createdAt) {}

    private record Member(
            @JsonProperty("access_level") @Nullable Integer level, @Nullable String state) {}

    private record Note(@Nullable Long id, @Nullable String body, @Nullable User author) {}

    private record Body(String body) {}

    private record Status(
            String state,
            String name,
            String description,
            @JsonProperty("target_url") @Nullable String url) {}

    @Override
    public Pulls open(ForgeRepo repo, @Nullable Mark since) throws ForgeException {
        Pages<Merge> pages =
                new Pages<>(
                        at(
                                repo,
                                "/merge_requests?state=opened&scope=all&order_by=created_at&sort=asc&per_page=100"),
                        100,
                        Merge[].class,
                        m -> m.iid() == null ? 0 : m.iid(),
                        Pages.End.COUNTED);
        Pages.Whole<Merge> whole = pages.read(api, repo, since);
        if (whole == null) {
            return new Pulls.Unchanged();
        }
        List<PullRequest> pulls = new ArrayList<>();
        for (Merge merge : whole.items()) {
            PullRequest read = read(merge);
            if (read != null) {
                pulls.add(read);
            } else if (merge.sha() != null) { // one without commits has nothing to look at
                throw pages.unreadable(api, "has a merge request of which something is missing");
            }
        }
        return Pulls.Listed.of(pulls, whole.etag());
    }

    @Override
    public PullState state(ForgeRepo repo, int number) throws ForgeException {
        Answer answer = api.got(repo, at(repo, "/merge_requests/" + number));
        Merge merge = answer.as(Merge.class);
        boolean isIt = merge.iid() != null && merge.iid() == number;
        PullState state =
                !isIt || merge.state() == null
                        ? null
                        : switch (merge.state()) {
                            case "closed" -> new PullState.Closed(false);
                            case "merged" -> new PullState.Closed(true);
                            case "opened", "locked" -> open(merge); // locked: it is being merged
                            default -> null;
                        };
        if (state == null) {
            throw answer.unreadable("another merge request, or one of which something is missing");
        }
        return state;
    }

    private static @Nullable PullState open(Merge merge) {
        PullRequest open = read(merge);
        return open == null ? null : new PullState.Open(open);
    }

    /** {@code null} if something is missing that all have. */
    private static @Nullable PullRequest read(Merge merge) {
        if (merge.iid() == null
                || merge.iid() < 1
                || merge.sha() == null
                || !merge.sha().matches("[0-9a-fA-F]{40}")
                || merge.target() == null
                || merge.labels() == null
                || merge.updatedAt() == null) {
            return null;
        }
        String author = merge.author() == null ? null : merge.author().username();
        Long source = merge.sourceProject();
        return new PullRequest(
                merge.iid(),
                Objects.requireNonNullElse(merge.title(), ""),
                Objects.requireNonNullElse(merge.url(), ""),
                Objects.requireNonNullElse(author, ""),
                merge.sha().toLowerCase(Locale.ROOT),
                Objects.requireNonNullElse(merge.source(), ""),
                merge.target(),
                Boolean.TRUE.equals(merge.draft()),
                source == null || !source.equals(merge.targetProject()),
                new TreeSet<>(merge.labels()),
                merge.updatedAt());
    }

    @Override
    public Labeled labeled(ForgeRepo repo, int number, String label) throws ForgeException {
        List<Event> events =
                new Pages<>(
                                at(
                                        repo,
                                        "/merge_requests/%d/resource_label_events?per_page=100"
                                                .formatted(number)),
                                100,
                                Event[].class,
                                e -> e.id() == null ? 0 : e.id(),
                                Pages.End.LINKED)
                        .read(api, repo);
        Event newest = null;
        for (Event event : events) { // in which order they come is not said
            if (event.id() != null
                    && event.label() != null
                    && label.equals(event.label().name())
                    && (newest == null || event.id() > Objects.requireNonNull(newest.id()))) {
                newest = event;
            }
        }
        if (newest == null
                || !"add".equals(newest.action())
                || newest.user() == null
                || newest.user().id() == null
                || newest.user().username() == null) {
            return Labeled.BY_NOBODY;
        }
        return new Labeled(
                newest.user().username(),
                isAfterPushes(repo, number, newest.createdAt())
                        && mayWrite(repo, newest.user().id()),
                newest.createdAt());
    }

    /** Whether nothing was pushed since. */
    private boolean isAfterPushes(ForgeRepo repo, int number, @Nullable Instant at)
            throws ForgeException {
        Answer answer =
                api.get(
                        repo,
                        at(repo, "/merge_requests/%d/versions?per_page=1".formatted(number)),
                        null);
        if (answer.status() != 200) {
            throw api.failure(answer, repo);
        }
        Version[] newest = answer.as(Version[].class); // comes first
        return newest.length > 0
                && newest[0].createdAt() != null
                && at != null
                && at.isAfter(newest[0].createdAt());
    }

    private boolean mayWrite(ForgeRepo repo, long user) throws ForgeException {
        Answer answer = api.get(repo, at(repo, "/members/all/" + user), null);
        if (answer.status() == 404 && answer.said().equals("404 Not found")) {
            return false; // the project is there, or it would say Project
        } else if (answer.status() != 200) {
            throw api.failure(answer, repo);
        }
        Member member = answer.as(Member.class);
        if (member.level() == null) {
            throw answer.unreadable("a member without a role");
        }
        return member.level() >= DEVELOPER
                && (member.state() == null || member.state().equals("active"));
    }

    @Override
    public void status(ForgeRepo repo, String commit, CommitStatus status) throws ForgeException {
        String state =
                switch (status.state()) {
                    case PENDING -> "pending";
                    case SUCCESS -> "success";
                    case FAILURE, ERROR -> "failed";
                };
        try {
            var _ =
                    api.send(
                            repo,
                            "POST",
                            at(repo, "/statuses/" + commit),
                            new Status(
                                    state, status.context(), status.description(), status.url()));
        } catch (ForgeException e) {
            // It is in that state already, which GitLab calls an error.
            if (!e.getMessage().contains("Cannot transition status")) {
                throw e;
            }
        }
    }

    @Override
    public void comment(ForgeRepo repo, int number, String marker, String markdown)
            throws ForgeException {
        StickyComment wanted = StickyComment.of(marker, markdown);
        String path = at(repo, "/merge_requests/%d/notes".formatted(number));
        List<Note> all =
                new Pages<>(
                                path + "?sort=asc&order_by=created_at&per_page=100",
                                100,
                                Note[].class,
                                n -> n.id() == null ? 0 : n.id(),
                                Pages.End.LINKED)
                        .read(api, repo);
        long us = all.isEmpty() ? 0 : ourselves(repo);
        List<StickyComment.Found> ours =
                all.stream()
                        .filter(n -> n.id() != null && n.body() != null && isBy(n.author(), us))
                        .map(n -> new StickyComment.Found(n.id(), n.body()))
                        .toList();
        switch (wanted.among(ours)) {
            case StickyComment.Nothing() -> {}
            case StickyComment.Write() -> api.send(repo, "POST", path, new Body(wanted.text()));
            case StickyComment.Edit(long id) ->
                    api.send(repo, "PUT", path + "/" + id, new Body(wanted.text()));
        }
    }

    private static boolean isBy(@Nullable User author, long id) {
        return author != null && author.id() != null && author.id() == id;
    }

    private long ourselves(ForgeRepo repo) throws ForgeException {
        Answer answer = api.got(repo, "/user");
        Long id = answer.as(User.class).id();
        if (id == null) {
            throw answer.unreadable("a user without an id");
        }
        return id;
    }

    private String at(ForgeRepo repo, String what) {
        return "/projects/" + ForgeApi.encoded(api.pathOf(repo, "/api/v4")) + what;
    }

    @Override
    public String pullRef(int number) {
        return "refs/merge-requests/%d/head".formatted(number);
    }
}

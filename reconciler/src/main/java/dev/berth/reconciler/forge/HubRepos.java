package dev.berth.reconciler.forge;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The part of GitHub's API that Gitea and Forgejo have, too: pull requests, statuses and comments
 * below {@code /repos/<owner>/<name>}. Thread-safe.
 *
 * @param suffix of the base of the API where the server is at the root of its host
 */
record HubRepos(ForgeApi api, String suffix) {
    /** A pull request, as these have it. */
    record Pull(
            @Nullable Integer number,
            @Nullable String title,
            @JsonProperty("html_url") @Nullable String url,
            @Nullable User user,
            @Nullable String state,
            @Nullable Boolean draft,
            @Nullable Boolean merged,
            @Nullable Branch head,
            @Nullable Branch base,
            @Nullable List<@Nullable Label> labels,
            @JsonProperty("updated_at") @Nullable Instant updatedAt) {}

    /** Where it comes from, or goes to. */
    record Branch(
            @Nullable String sha,
            @Nullable String ref,
            @Nullable Repo repo,
            @JsonProperty("repo_id") @Nullable Long repoId) {}

    record Repo(@Nullable Long id) {}

    /** An account; Gitea does not tell its type. */
    record User(@Nullable Long id, @Nullable String login, @Nullable String type) {
        /** Whether it is known to be no person's. */
        boolean isBot() {
            return "Bot".equals(type);
        }
    }

    record Label(@Nullable String name) {}

    private record Comment(@Nullable Long id, @Nullable String body, @Nullable User user) {}

    private record Body(String body) {}

    private record Status(
            String state,
            String context,
            String description,
            @JsonProperty("target_url") @Nullable String url) {}

    /**
     * The path of a repo at a host of which it is all.
     *
     * @throws ForgeException if that is no path of a repo
     */
    static String path(ForgeRepo repo) throws ForgeException {
        return path(repo, repo.path());
    }

    private static String path(ForgeRepo repo, String path) throws ForgeException {
        if (!path.matches("[^/]+/[^/]+") || path.matches("(.*/)?\\.{1,2}(/.*)?")) {
            throw new ForgeException(
                    ForgeException.Kind.REFUSED,
                    "%s is no repo of such a forge: name it as https://%s/owner/name"
                            .formatted(repo, repo.host()));
        }
        int slash = path.indexOf('/');
        return ForgeApi.encoded(path.substring(0, slash))
                + "/"
                + ForgeApi.encoded(path.substring(slash + 1));
    }

    /** The path in the API of something of a repo. */
    String at(ForgeRepo repo, String what) throws ForgeException {
        return "/repos/" + path(repo, api.pathOf(repo, suffix)) + what;
    }

    Pulls open(ForgeRepo repo, Pages<Pull> pages, @Nullable Mark since, Predicate<Pull> fork)
            throws ForgeException {
        Pages.Whole<Pull> whole = pages.read(api, repo, since);
        if (whole == null) {
            return new Pulls.Unchanged();
        }
        List<PullRequest> pulls = new ArrayList<>();
        for (Pull pull : whole.items()) {
            PullRequest read = read(pull, fork);
            if (read != null) {
                pulls.add(read);
            } else if (pull.head() == null || !isNone(pull.head().sha())) {
                throw pages.unreadable(api, "has a pull request of which something is missing");
            }
        }
        return Pulls.Listed.of(pulls, whole.etag());
    }

    private static boolean isNone(@Nullable String commit) {
        return commit != null && commit.isEmpty();
    }

    PullState state(ForgeRepo repo, int number, Predicate<Pull> fork) throws ForgeException {
        Answer answer = api.got(repo, at(repo, "/pulls/" + number));
        Pull pull = answer.as(Pull.class);
        PullRequest open = null;
        if (pull.number() != null && pull.number() == number && pull.state() != null) {
            if (pull.state().equals("closed")) {
                return new PullState.Closed(Boolean.TRUE.equals(pull.merged()));
            }
            open = pull.state().equals("open") ? read(pull, fork) : null;
        }
        if (open == null) {
            throw answer.unreadable("another pull request, or one of which something is missing");
        }
        return new PullState.Open(open);
    }

    /** Nothing if something is missing that all have. */
    private static @Nullable PullRequest read(Pull pull, Predicate<Pull> fork) {
        Branch head = pull.head();
        Branch base = pull.base();
        String commit = head == null || head.sha() == null ? "" : head.sha();
        if (pull.number() == null
                || pull.number() < 1
                || !commit.matches("[0-9a-fA-F]{40}")
                || base == null
                || base.ref() == null
                || pull.labels() == null
                || pull.updatedAt() == null) {
            return null;
        }
        TreeSet<String> labels = new TreeSet<>();
        for (Label label : pull.labels()) {
            if (label != null && label.name() != null) {
                labels.add(label.name());
            }
        }
        String author = pull.user() == null ? null : pull.user().login();
        return new PullRequest(
                pull.number(),
                Objects.requireNonNullElse(pull.title(), ""),
                Objects.requireNonNullElse(pull.url(), ""),
                Objects.requireNonNullElse(author, ""),
                commit.toLowerCase(Locale.ROOT),
                Objects.requireNonNullElse(Objects.requireNonNull(head).ref(), ""),
                base.ref(),
                Boolean.TRUE.equals(pull.draft()),
                fork.test(pull),
                labels,
                pull.updatedAt());
    }

    void status(ForgeRepo repo, String commit, CommitStatus status) throws ForgeException {
        var _ =
                api.send(
                        repo,
                        "POST",
                        at(repo, "/statuses/" + commit),
                        new Status(
                                status.state().name().toLowerCase(Locale.ROOT),
                                status.context(),
                                status.description(),
                                status.url()));
    }

    void comment(ForgeRepo repo, int number, StickyComment wanted, Pages.End end)
            throws ForgeException {
        String path = at(repo, "/issues/%d/comments".formatted(number));
        Pages<Comment> pages =
                new Pages<>(
                        end == Pages.End.FIRST ? path : path + "?per_page=100",
                        100,
                        Comment[].class,
                        c -> c.id() == null ? 0 : c.id(),
                        end);
        List<Comment> all = pages.read(api, repo);
        String us = all.isEmpty() ? "" : ourselves(repo);
        List<StickyComment.Found> ours =
                all.stream()
                        .filter(c -> c.id() != null && c.body() != null && isBy(c.user(), us))
                        .map(c -> new StickyComment.Found(c.id(), c.body()))
                        .toList();
        switch (wanted.among(ours)) {
            case StickyComment.Nothing() -> {}
            case StickyComment.Write() -> api.send(repo, "POST", path, new Body(wanted.text()));
            case StickyComment.Edit(long id) ->
                    api.send(
                            repo,
                            "PATCH",
                            at(repo, "/issues/comments/" + id),
                            new Body(wanted.text()));
        }
    }

    private static boolean isBy(@Nullable User user, String login) {
        return user != null && user.login() != null && user.login().equalsIgnoreCase(login);
    }

    /** Our login name. */
    private String ourselves(ForgeRepo repo) throws ForgeException {
        String bot = api.login().bot(repo);
        if (bot != null) {
            return bot;
        }
        Answer answer = api.got(repo, "/user");
        String login = answer.as(User.class).login();
        if (login == null || login.isEmpty()) {
            throw answer.unreadable("a user without a name");
        }
        return login;
    }

    /**
     * Whether someone may write to the repo. Who is no collaborator, as is a bot, may not.
     *
     * @throws ForgeException if that can't be known
     */
    boolean mayWrite(ForgeRepo repo, String user) throws ForgeException {
        record Permission(@Nullable String permission) {}
        Answer answer =
                api.get(
                        repo,
                        at(repo, "/collaborators/%s/permission".formatted(ForgeApi.encoded(user))),
                        null);
        if (answer.status() == 404) {
            return false; // GitHub says so of accounts that are nobody's
        } else if (answer.status() != 200) {
            throw api.failure(answer, repo);
        }
        String permission = answer.as(Permission.class).permission();
        if (permission == null) {
            throw answer.unreadable("no permission");
        }
        return switch (permission) {
            case "owner", "admin", "maintain", "write" -> true;
            default -> false; // read, triage, none, and what may come
        };
    }
}

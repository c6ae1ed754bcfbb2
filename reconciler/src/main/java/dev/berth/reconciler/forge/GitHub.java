package dev.berth.reconciler.forge;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * GitHub, and GitHub Enterprise Server, by version 2022-11-28 of its REST API. Thread-safe.
 *
 * <p>A fine-grained token needs, for the repos that are named: Metadata read, Pull requests read
 * and write, Commit statuses read and write. An app needs the same, and Checks read and write for
 * annotations of lines.
 */
final class GitHub implements Forge {
    /** What its API wants of each question. */
    static final Map<String, String> FIELDS =
            Map.of(
                    "Accept", "application/vnd.github+json",
                    "X-GitHub-Api-Version", "2022-11-28");

    private static final int MOST_ANNOTATIONS = 50;

    private final ForgeApi api;
    private final HubRepos repos;

    GitHub(ForgeApi api) {
        this.api = api;
        this.repos = new HubRepos(api, "/api/v3");
    }

    private record Event(
            @Nullable Long id,
            @Nullable String event,
            HubRepos.@Nullable User actor,
            HubRepos.@Nullable Label label,
            @JsonProperty("created_at") @Nullable Instant createdAt) {
        boolean isOf(String name) {
            return ("labeled".equals(event) || "unlabeled".equals(event))
                    && label != null
                    && name.equalsIgnoreCase(label.name());
        }

        /** Whether the head was put where it did not come from what it was. */
        boolean isMove() {
            return "head_ref_force_pushed".equals(event)
                    || "head_ref_deleted".equals(event)
                    || "head_ref_restored".equals(event);
        }
    }

    private record Run(
            @Nullable String name,
            @JsonProperty("head_sha") @Nullable String commit,
            @Nullable String status,
            @Nullable String conclusion,
            Output output) {}

    private record Output(String title, String summary, List<Line> annotations) {}

    private record Line(
            String path,
            @JsonProperty("start_line") int start,
            @JsonProperty("end_line") int end,
            @JsonProperty("annotation_level") String level,
            String message) {}

    private record Made(@Nullable Long id) {}

    @Override
    public Pulls open(ForgeRepo repo, @Nullable Mark since) throws ForgeException {
        String path = repos.at(repo, "/pulls?state=open&sort=created&direction=asc&per_page=100");
        return repos.open(
                repo,
                new Pages<>(path, 100, HubRepos.Pull[].class, GitHub::number, Pages.End.COUNTED),
                since,
                GitHub::isFork);
    }

    private static long number(HubRepos.Pull pull) {
        return pull.number() == null ? 0 : pull.number();
    }

    @Override
    public PullState state(ForgeRepo repo, int number) throws ForgeException {
        return repos.state(repo, number, GitHub::isFork);
    }

    private static boolean isFork(HubRepos.Pull pull) {
        Long head = repo(pull.head());
        return head == null || !head.equals(repo(pull.base()));
    }

    private static @Nullable Long repo(HubRepos.@Nullable Branch branch) {
        return branch == null || branch.repo() == null ? null : branch.repo().id();
    }

    @Override
    public Labeled labeled(ForgeRepo repo, int number, String label) throws ForgeException {
        List<Event> events =
                new Pages<>(
                                repos.at(repo, "/issues/%d/events?per_page=100".formatted(number)),
                                100,
                                Event[].class,
                                e -> e.id() == null ? 0 : e.id(),
                                Pages.End.LINKED)
                        .read(api, repo);
        Event newest = null;
        boolean moved = false;
        for (Event event : events) { // the oldest come first
            newest = event.isOf(label) ? event : newest;
            moved = event.isMove() || (moved && !event.isOf(label));
        }
        if (newest == null
                || !"labeled".equals(newest.event())
                || newest.actor() == null
                || newest.actor().login() == null) {
            return Labeled.BY_NOBODY;
        }
        String by = newest.actor().login();
        return new Labeled(
                by,
                !moved && !newest.actor().isBot() && repos.mayWrite(repo, by),
                newest.createdAt());
    }

    @Override
    public void status(ForgeRepo repo, String commit, CommitStatus status) throws ForgeException {
        repos.status(repo, commit, status);
    }

    @Override
    public void comment(ForgeRepo repo, int number, String marker, String markdown)
            throws ForgeException {
        repos.comment(repo, number, StickyComment.of(marker, markdown), Pages.End.LINKED);
    }

    @Override
    public void check(ForgeRepo repo, String commit, Check check) throws ForgeException {
        if (!api.login().mayCheck(repo)) {
            return;
        }
        List<Line> lines = check.annotations().stream().map(GitHub::line).toList();
        int first = Math.min(MOST_ANNOTATIONS, lines.size());
        Answer answer =
                api.send(
                        repo,
                        "POST",
                        repos.at(repo, "/check-runs"),
                        new Run(
                                check.name(),
                                commit,
                                "completed",
                                check.passed() ? "success" : "failure",
                                output(check, lines.subList(0, first))));
        Long id = answer.as(Made.class).id();
        if (id == null) {
            throw answer.unreadable("a check without an id");
        }
        String path = repos.at(repo, "/check-runs/" + id);
        for (int from = first; from < lines.size(); from += MOST_ANNOTATIONS) {
            int to = Math.min(from + MOST_ANNOTATIONS, lines.size());
            var _ =
                    api.send(
                            repo,
                            "PATCH",
                            path,
                            new Run(
                                    null,
                                    null,
                                    null,
                                    null,
                                    output(check, lines.subList(from, to))));
        }
    }

    private static Output output(Check check, List<Line> lines) {
        return new Output(check.title(), check.summary(), lines);
    }

    private static Line line(Check.Annotation at) {
        return new Line(
                at.path(),
                at.line(),
                at.line(),
                at.level().name().toLowerCase(Locale.ROOT),
                at.message());
    }

    @Override
    public String pullRef(int number) {
        return "refs/pull/%d/head".formatted(number);
    }
}

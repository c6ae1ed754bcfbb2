package dev.berth.reconciler.forge;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gitea from 1.20 on, and Forgejo, by version 1 of their API. Thread-safe.
 *
 * <p>A token needs the scopes read:user, write:repository and write:issue; its user may write to
 * the repos, and administer those where labels let in forks: others may not ask who may write.
 */
final class Gitea implements Forge {
    /** Servers give no more than that unless they are told to. */
    private static final int SIZE = 50;

    private final ForgeApi api;
    private final HubRepos repos;

    Gitea(ForgeApi api) {
        this.api = api;
        this.repos = new HubRepos(api, "/api/v1");
    }

    /** {@code body}: 1 when the label was given, empty when it was taken away. */
    private record Event(
            @Nullable Long id,
            @Nullable String type,
            @Nullable String body,
            HubRepos.@Nullable User user,
            HubRepos.@Nullable Label label,
            @JsonProperty("created_at") @Nullable Instant createdAt) {
        boolean isOf(String name) {
            return "label".equals(type) && label != null && name.equals(label.name());
        }
    }

    @Override
    public Pulls open(ForgeRepo repo, @Nullable Mark since) throws ForgeException {
        String path = repos.at(repo, "/pulls?state=open&sort=oldest&limit=" + SIZE);
        return repos.open(
                repo,
                new Pages<>(path, SIZE, HubRepos.Pull[].class, Gitea::number, Pages.End.COUNTED),
                since,
                Gitea::isFork);
    }

    private static long number(HubRepos.Pull pull) {
        return pull.number() == null ? 0 : pull.number();
    }

    @Override
    public PullState state(ForgeRepo repo, int number) throws ForgeException {
        return repos.state(repo, number, Gitea::isFork);
    }

    /**
     * One that was pushed to {@code refs/for/} by who may only read has the id of the repo itself.
     * It is told by its ref, which is that of the pull request, as is that of a branch that is
     * gone.
     */
    private static boolean isFork(HubRepos.Pull pull) {
        HubRepos.Branch head = pull.head();
        HubRepos.Branch base = pull.base();
        return head == null
                || base == null
                || head.repoId() == null
                || !head.repoId().equals(base.repoId())
                || head.repo() == null
                || head.ref() == null
                || head.ref().startsWith("refs/");
    }

    @Override
    public Labeled labeled(ForgeRepo repo, int number, String label) throws ForgeException {
        List<Event> events =
                new Pages<>(
                                repos.at(
                                        repo,
                                        "/issues/%d/timeline?limit=%d".formatted(number, SIZE)),
                                SIZE,
                                Event[].class,
                                e -> e.id() == null ? 0 : e.id(),
                                Pages.End.EMPTY)
                        .read(api, repo);
        Event newest = null;
        boolean moved = false;
        for (Event event : events) { // the oldest come first
            newest = event.isOf(label) ? event : newest;
            moved = "pull_push".equals(event.type()) || (moved && !event.isOf(label));
        }
        if (newest == null
                || !"1".equals(newest.body())
                || newest.user() == null
                || newest.user().login() == null) {
            return Labeled.BY_NOBODY;
        }
        String by = newest.user().login();
        return new Labeled(by, !moved && repos.mayWrite(repo, by), newest.createdAt());
    }

    @Override
    public void status(ForgeRepo repo, String commit, CommitStatus status) throws ForgeException {
        repos.status(repo, commit, status);
    }

    @Override
    public void comment(ForgeRepo repo, int number, String marker, String markdown)
            throws ForgeException {
        repos.comment(repo, number, StickyComment.of(marker, markdown), Pages.End.FIRST);
    }

    @Override
    public String pullRef(int number) {
        return "refs/pull/%d/head".formatted(number);
    }
}

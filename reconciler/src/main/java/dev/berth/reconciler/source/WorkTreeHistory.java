package dev.berth.reconciler.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.jgit.lib.BranchConfig;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The commits that came before the files of a Git work tree. Nothing of the repo is changed. For
 * one thread.
 */
public final class WorkTreeHistory implements AutoCloseable {
    private final @Nullable Repository repository;

    private WorkTreeHistory(@Nullable Repository repository) {
        this.repository = repository;
    }

    /**
     * Opens it.
     *
     * @param root of the work tree; any other directory has no history
     * @throws IOException if there is a repo that can't be read
     */
    public static WorkTreeHistory of(Path root) throws IOException {
        return new WorkTreeHistory(
                Files.exists(root.resolve(Constants.DOT_GIT))
                        ? new FileRepositoryBuilder().setWorkTree(root.toFile()).setup().build()
                        : null);
    }

    /**
     * The commit before the last one and the last one, as far as they are here, older first. The
     * last one is what was pushed of this branch, as far as this repo knows and HEAD is based on
     * it; else HEAD.
     *
     * @throws IOException if one can't be read
     */
    public List<SourceReading.Fresh> last() throws IOException {
        if (repository == null) {
            return List.of();
        }
        ObjectId head = repository.resolve(Constants.HEAD);
        if (head == null) {
            return List.of();
        }
        List<SourceReading.Fresh> commits = new ArrayList<>();
        try (RevWalk walk = new RevWalk(repository)) {
            RevCommit last = pushed(repository, walk, walk.parseCommit(head));
            if (last.getParentCount() > 0) {
                commits.add(reading(repository, walk.parseCommit(last.getParent(0))));
            }
            commits.add(reading(repository, last));
        }
        return List.copyOf(commits);
    }

    private static RevCommit pushed(Repository repository, RevWalk walk, RevCommit head)
            throws IOException {
        String branch = repository.getBranch();
        String tracking = new BranchConfig(repository.getConfig(), branch).getTrackingBranch();
        ObjectId pushed = tracking == null ? null : repository.resolve(tracking);
        if (pushed == null) {
            return head;
        }
        RevCommit commit = walk.parseCommit(pushed);
        return walk.isMergedInto(commit, head) ? commit : head;
    }

    private static SourceReading.Fresh reading(Repository repository, RevCommit commit)
            throws IOException {
        BareStore store = BareStore.around(repository);
        PersonIdent author = commit.getAuthorIdent();
        return new SourceReading.Fresh(
                new Revision(
                        Objects.requireNonNullElse(repository.getBranch(), Constants.HEAD),
                        commit.name(),
                        "%s <%s>".formatted(author.getName(), author.getEmailAddress()),
                        commit.getCommitterIdent().getWhenAsInstant()),
                new ObjectTree(() -> store, commit.getTree()));
    }

    @Override
    public void close() {
        if (repository != null) {
            repository.close();
        }
    }
}

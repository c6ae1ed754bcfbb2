package dev.berth.reconciler.source;

import dev.berth.reconciler.source.TreeCheck.UnfitTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.jspecify.annotations.Nullable;

/**
 * One bare repo on disk, which holds single commits with their trees and no history.
 *
 * <ul>
 *   <li>{@code refs/berth/last}: the last commit that was found whole; HEAD names its branch. It is
 *       set last, so a repo without it was never finished.
 *   <li>{@code refs/berth/incoming}: what a fetch brought, not looked at yet.
 *   <li>{@code refs/berth/pins/<commit>}: commits that something still names.
 * </ul>
 *
 * <p>Reading is thread-safe. Fetching and {@link #accept} belong to one thread at a time.
 */
final class BareStore implements AutoCloseable {
    static final String LAST = "refs/berth/last";
    static final String INCOMING = "refs/berth/incoming";
    static final String PINS = "refs/berth/pins/";

    private final Path directory;
    private final Repository repository;
    private volatile boolean suspect;

    private BareStore(Path directory, Repository repository) {
        this.directory = directory;
        this.repository = repository;
    }

    /** Makes an empty store in a directory that does not exist yet. */
    static BareStore create(Path directory) throws StoreFault {
        try {
            Files.createDirectories(directory);
            Repository repository = build(directory);
            repository.create(true);
            StoredConfig config = repository.getConfig();
            config.setString("core", null, "logAllRefUpdates", "false");
            config.setInt("gc", null, "auto", 0);
            config.setString("gc", null, "pruneExpire", "1.hour.ago");
            config.setString("gc", null, "prunePackExpire", "now");
            // A bitmap index needs whole history, which is never here.
            config.setBoolean("pack", null, "buildBitmaps", false);
            config.save();
            return new BareStore(directory, repository);
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("no Git repo can be made at " + directory, e);
        }
    }

    /**
     * Opens a store after a restart, perhaps after a crash: locks are left-overs, because a store
     * has one owner.
     */
    static BareStore open(Path directory) throws StoreFault {
        try {
            removeLocks(directory);
            return new BareStore(directory, build(directory));
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("the Git repo at %s can't be opened".formatted(directory), e);
        }
    }

    private static Repository build(Path directory) throws IOException {
        return new FileRepositoryBuilder().setBare().setGitDir(directory.toFile()).build();
    }

    private static void removeLocks(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path lock : files.filter(f -> f.toString().endsWith(".lock")).toList()) {
                Files.deleteIfExists(lock);
            }
        }
    }

    Repository repository() {
        return repository;
    }

    Path directory() {
        return directory;
    }

    /** Someone could not read an object of it. */
    void suspect() {
        suspect = true;
    }

    boolean isSuspect() {
        return suspect;
    }

    /** The last commit that was found whole; {@code null} if there was none yet. */
    @Nullable Revision last() throws StoreFault {
        try {
            Ref last = repository.exactRef(LAST);
            Ref head = repository.exactRef(Constants.HEAD);
            ObjectId commit = last == null ? null : last.getObjectId();
            if (commit == null || head == null) {
                return null;
            }
            String branch = Repository.shortenRefName(head.getTarget().getName());
            return revision(branch, parse(commit));
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("the Git repo at %s is damaged".formatted(directory), e);
        }
    }

    /** True when the commit's own object is here; its files may still be missing. */
    boolean has(ObjectId commit) throws StoreFault {
        try (ObjectReader reader = repository.newObjectReader()) {
            return reader.has(commit, Constants.OBJ_COMMIT);
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("the Git repo at %s is damaged".formatted(directory), e);
        }
    }

    /**
     * Looks at a fetched commit and, if it is whole and has files, remembers it as the last one.
     *
     * @throws UnfitTree if it must not be used; what was last stays so
     * @throws StoreFault if an object is missing or broken, or the store can't be written
     */
    Revision accept(Remote.Tip tip) throws StoreFault, UnfitTree {
        try {
            RevCommit commit = parse(tip.commit());
            requireWhole(commit);
            repository.updateRef(Constants.HEAD).link(Constants.R_HEADS + tip.branch());
            setRef(LAST, commit);
            return revision(tip.branch(), commit);
        } catch (IOException | RuntimeException e) {
            throw new StoreFault(
                    "commit %s is not whole in %s".formatted(tip.commit().name(), directory), e);
        }
    }

    /** Makes sure that the tree of a commit that is here can be listed to its last file. */
    void requireWhole(String commit) throws StoreFault, UnfitTree {
        try {
            requireWhole(parse(ObjectId.fromString(commit)));
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("commit %s is not whole in %s".formatted(commit, directory), e);
        }
    }

    private void requireWhole(RevCommit commit) throws IOException, UnfitTree {
        try (ObjectReader reader = repository.newObjectReader()) {
            if (new TreeCheck(reader).countFiles(commit.getTree()) == 0) {
                throw new UnfitTree("it has no files");
            }
        }
    }

    /** Keeps a commit that is here from being collected. */
    void pin(ObjectId commit) throws StoreFault {
        try {
            setRef(PINS + commit.name(), commit);
        } catch (IOException | RuntimeException e) {
            throw new StoreFault(
                    "commit %s can't be kept in %s".formatted(commit.name(), directory), e);
        }
    }

    /** The commits that are pinned. */
    List<ObjectId> pins() throws StoreFault {
        try {
            return repository.getRefDatabase().getRefsByPrefix(PINS).stream()
                    .map(Ref::getObjectId)
                    .toList();
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("the Git repo at %s is damaged".formatted(directory), e);
        }
    }

    void unpin(ObjectId commit) throws StoreFault {
        try {
            RefUpdate update = repository.updateRef(PINS + commit.name());
            update.setForceUpdate(true);
            update.delete();
        } catch (IOException | RuntimeException e) {
            throw new StoreFault(
                    "commit %s can't be let go in %s".formatted(commit.name(), directory), e);
        }
    }

    /** The root tree of a commit that is here. */
    ObjectId rootTree(String commit) throws StoreFault {
        try {
            return parse(ObjectId.fromString(commit)).getTree().copy();
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("commit %s can't be read in %s".formatted(commit, directory), e);
        }
    }

    /** The commit that the last fetch brought. */
    ObjectId incoming() throws StoreFault {
        try {
            Ref incoming = repository.exactRef(INCOMING);
            if (incoming == null || incoming.getObjectId() == null) {
                throw new IOException(INCOMING + " is not set");
            }
            return incoming.getObjectId();
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("the Git repo at %s is damaged".formatted(directory), e);
        }
    }

    private RevCommit parse(ObjectId commit) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            return walk.parseCommit(commit);
        }
    }

    private void setRef(String name, ObjectId commit) throws IOException {
        RefUpdate update = repository.updateRef(name);
        update.setNewObjectId(commit);
        RefUpdate.Result result = update.forceUpdate();
        switch (result) {
            case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {}
            case NOT_ATTEMPTED,
                    LOCK_FAILURE,
                    REJECTED,
                    REJECTED_CURRENT_BRANCH,
                    REJECTED_MISSING_OBJECT,
                    REJECTED_OTHER_REASON,
                    IO_FAILURE,
                    RENAMED ->
                    throw new IOException("%s could not be set: %s".formatted(name, result));
        }
    }

    private static Revision revision(String branch, RevCommit commit) {
        PersonIdent author = commit.getAuthorIdent();
        PersonIdent committer = commit.getCommitterIdent();
        return new Revision(
                branch,
                commit.name(),
                author == null
                        ? "unknown"
                        : "%s <%s>".formatted(author.getName(), author.getEmailAddress()),
                committer == null ? Instant.EPOCH : committer.getWhenAsInstant());
    }

    @Override
    public void close() {
        repository.close();
    }
}

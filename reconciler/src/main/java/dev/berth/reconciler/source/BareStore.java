package dev.berth.reconciler.source;

import dev.berth.reconciler.source.TreeCheck.UnfitTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
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
 *   <li>{@code refs/berth/verified}: the last commit that was followed, which may be an older one.
 *   <li>{@code refs/berth/pins/<commit>}: commits that something still names.
 * </ul>
 *
 * <p>Reading is thread-safe. Fetching and {@link #accept} belong to one thread at a time.
 */
final class BareStore implements AutoCloseable {
    static final String LAST = "refs/berth/last";
    static final String INCOMING = "refs/berth/incoming";
    static final String VERIFIED = "refs/berth/verified";
    static final String PINS = "refs/berth/pins/";

    private final Path directory;
    private final Repository repository;
    private final StoreRefs refs;
    private volatile boolean suspect;

    private BareStore(Path directory, Repository repository) {
        this.directory = directory;
        this.repository = repository;
        this.refs = new StoreRefs(repository);
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
            // Else a thread of its own looks after each fetch whether to collect, with a lock file.
            config.setBoolean("gc", null, "autoDetach", false);
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

    /** A repo that somebody else owns, to read trees from; nothing else may be done with it. */
    static BareStore around(Repository repository) {
        return new BareStore(repository.getDirectory().toPath(), repository);
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
        return this.<@Nullable Revision>guard(
                "is damaged",
                () -> {
                    Ref head = repository.exactRef(Constants.HEAD);
                    ObjectId commit = refs.get(LAST);
                    if (commit == null || head == null) {
                        return null;
                    }
                    String branch = RefName.of(head.getTarget().getName());
                    return revision(branch, parse(commit));
                });
    }

    /** True when the commit's own object is here; its files may still be missing. */
    boolean has(ObjectId commit) throws StoreFault {
        return guard(
                "is damaged",
                () -> {
                    try (ObjectReader reader = repository.newObjectReader()) {
                        return reader.has(commit, Constants.OBJ_COMMIT);
                    }
                });
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
            repository.updateRef(Constants.HEAD).link(tip.name().full());
            refs.set(LAST, commit);
            return revision(tip.branch(), commit);
        } catch (IncorrectObjectTypeException e) {
            throw new UnfitTree("it is no commit");
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

    /** Reads the objects of another repo, too, where they lie. Before anything else is read. */
    void borrowFrom(Path objects) throws StoreFault {
        this.<@Nullable Void>guard(
                "can't be written",
                () -> {
                    Path info = Files.createDirectories(directory.resolve("objects/info"));
                    Files.writeString(info.resolve("alternates"), objects + "\n");
                    return null;
                });
    }

    /** What a ref stands at; {@code null} if there is none of that name. */
    @Nullable ObjectId ref(String name) throws StoreFault {
        return this.<@Nullable ObjectId>guard("is damaged", () -> refs.get(name));
    }

    /** Removes a ref if it is there. */
    void drop(String name) throws StoreFault {
        this.<@Nullable Void>guard(
                "can't let go of " + name,
                () -> {
                    refs.delete(name);
                    return null;
                });
    }

    /** A commit that is here, as one of a branch. */
    Revision revision(String branch, ObjectId commit) throws StoreFault {
        return guard("has no commit " + commit.name(), () -> revision(branch, parse(commit)));
    }

    /** Keeps a commit that is here from being collected. */
    void pin(ObjectId commit) throws StoreFault {
        this.<@Nullable Void>guard(
                "can't keep commit " + commit.name(),
                () -> {
                    refs.set(PINS + commit.name(), commit);
                    return null;
                });
    }

    /** Keeps a commit that is here as the one that is followed, in place of any other. */
    void follow(ObjectId commit) throws StoreFault {
        this.<@Nullable Void>guard(
                "can't keep commit " + commit.name(),
                () -> {
                    refs.set(VERIFIED, commit);
                    return null;
                });
    }

    /** The commit that is followed; {@code null} if none was yet. */
    @Nullable ObjectId followed() throws StoreFault {
        return this.<@Nullable ObjectId>guard("is damaged", () -> refs.get(VERIFIED));
    }

    /** The commits that are pinned. */
    List<ObjectId> pins() throws StoreFault {
        return guard("is damaged", () -> refs.below(PINS));
    }

    void unpin(ObjectId commit) throws StoreFault {
        this.<@Nullable Void>guard(
                "can't let go of commit " + commit.name(),
                () -> {
                    refs.delete(PINS + commit.name());
                    return null;
                });
    }

    /** The root tree of a commit that is here. */
    ObjectId rootTree(String commit) throws StoreFault {
        return guard(
                "has no whole commit " + commit,
                () -> parse(ObjectId.fromString(commit)).getTree().copy());
    }

    /** The commit that the last fetch brought. */
    ObjectId incoming() throws StoreFault {
        return guard(
                "is damaged",
                () -> {
                    ObjectId incoming = refs.get(INCOMING);
                    if (incoming == null) {
                        throw new IOException(INCOMING + " is not set");
                    }
                    return incoming;
                });
    }

    /** Something done with the repo. */
    @FunctionalInterface
    private interface Access<T extends @Nullable Object> {
        T go() throws IOException;
    }

    /** JGit answers damage with unchecked exceptions too. */
    private <T extends @Nullable Object> T guard(String fault, Access<T> access) throws StoreFault {
        try {
            return access.go();
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("the Git repo at %s %s".formatted(directory, fault), e);
        }
    }

    private RevCommit parse(ObjectId commit) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            return walk.parseCommit(commit);
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

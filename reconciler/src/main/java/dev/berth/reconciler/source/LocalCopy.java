package dev.berth.reconciler.source;

import dev.berth.reconciler.source.TreeCheck.UnfitTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/**
 * What Berth keeps of a remote repo, repaired when it is damaged: the store is thrown away and
 * filled anew, once per damage, and replaces the old one only when it is complete.
 *
 * <p>{@link #store} is thread-safe; the rest belongs to one thread at a time.
 */
final class LocalCopy implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LocalCopy.class.getName());
    private static final int PACKS_BEFORE_COLLECTING = 40;

    private final StoreDirectory directory;
    private volatile @Nullable BareStore current;
    private boolean rebuiltInVain;

    LocalCopy(Path directory) {
        this.directory = new StoreDirectory(directory);
    }

    /** The store in use; opened or made by the first call. */
    BareStore store() throws StoreFault {
        BareStore open = current;
        return open != null ? open : openStore();
    }

    private synchronized BareStore openStore() throws StoreFault {
        BareStore open = current;
        if (open == null) {
            open = directory.openNewest();
            current = open;
        }
        return open;
    }

    /** The tree of a commit that is here; stays valid when the store is replaced. */
    ObjectTree tree(String commit) throws StoreFault {
        return new ObjectTree(this::store, store().rootTree(commit));
    }

    /**
     * Brings in the commit that a branch stands at and makes it the last one.
     *
     * @throws RemoteFault if it can't be fetched
     * @throws StoreFault if it can't be kept or is not whole, also after a repair
     * @throws UnfitTree if it must not be used
     */
    Revision take(Remote remote, Remote.Tip tip, ProgressMonitor monitor)
            throws RemoteFault, StoreFault, UnfitTree {
        BareStore store = store();
        if (!store.isSuspect()) {
            try {
                Revision revision = update(store, remote, tip, monitor);
                rebuiltInVain = false;
                return revision;
            } catch (RemoteFault e) {
                if (!e.perhapsLocal() || rebuiltInVain || monitor.isCancelled()) {
                    throw e;
                }
                LOG.log(System.Logger.Level.WARNING, "{0}; fetching all anew", e.getMessage());
            } catch (StoreFault e) {
                store.suspect();
                LOG.log(System.Logger.Level.WARNING, "{0}; fetching all anew", e.getMessage());
            }
        }
        return rebuild(store, remote, tip, monitor);
    }

    private Revision update(BareStore store, Remote remote, Remote.Tip tip, ProgressMonitor monitor)
            throws RemoteFault, StoreFault, UnfitTree {
        Revision last = store.last();
        if (last != null
                && last.commit().equals(tip.commit().name())
                && last.branch().equals(tip.branch())) {
            store.rootTree(last.commit());
            return last;
        }
        return store.has(tip.commit())
                ? store.accept(tip)
                : fetch(store, remote, tip.branch(), monitor);
    }

    private Revision fetch(BareStore store, Remote remote, String branch, ProgressMonitor monitor)
            throws RemoteFault, StoreFault, UnfitTree {
        remote.fetch(store.repository(), new RefName(branch).full(), BareStore.INCOMING, monitor);
        // The branch may have moved on since it was asked for.
        return store.accept(new Remote.Tip(branch, store.incoming()));
    }

    private Revision rebuild(BareStore old, Remote remote, Remote.Tip tip, ProgressMonitor monitor)
            throws RemoteFault, StoreFault, UnfitTree {
        BareStore next = directory.createNext();
        boolean done = false;
        try {
            Revision revision = fetch(next, remote, tip.branch(), monitor);
            copyPins(old, next);
            done = true;
            current = next;
            rebuiltInVain = false;
            return revision;
        } catch (RemoteFault e) {
            rebuiltInVain = e.perhapsLocal();
            throw e;
        } finally {
            BareStore useless = done ? old : next;
            useless.close();
            StoreDirectory.delete(useless.directory());
        }
    }

    private static void copyPins(BareStore from, BareStore to) {
        try {
            ObjectId followed = from.followed();
            if (followed != null && copyCommit(from, to, followed)) {
                to.follow(followed);
            }
            for (ObjectId pin : from.pins()) {
                if (copyCommit(from, to, pin)) {
                    to.pin(pin);
                }
            }
        } catch (StoreFault e) {
            LOG.log(System.Logger.Level.WARNING, "{0}; what was pinned is lost", e.getMessage());
        }
    }

    /** False if it is lost. */
    private static boolean copyCommit(BareStore from, BareStore to, ObjectId commit) {
        try {
            if (!to.has(commit)) {
                new CommitCopy(from.repository(), to.repository()).copy(commit);
            }
            return true;
        } catch (IOException | RuntimeException | StoreFault e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "pinned commit {0} is lost: {1}",
                    commit.name(),
                    e.getMessage());
            return false;
        }
    }

    /**
     * Fetches one commit by its id, and pins it.
     *
     * @throws RemoteFault also if the server gives out nothing but branches
     */
    void pin(Remote remote, ObjectId commit, ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        BareStore store = store();
        remote.fetch(store.repository(), commit.name(), BareStore.PINS + commit.name(), monitor);
        store.pin(commit);
    }

    /** Packs what many small fetches left behind and drops what nothing names any longer. */
    void collectGarbage() {
        try {
            Repository repository = store().repository();
            if (countPacks(repository) < PACKS_BEFORE_COLLECTING) {
                return;
            }
            try (Git git = Git.wrap(repository)) {
                git.gc().call();
            }
            trimShallow(repository);
        } catch (IOException | GitAPIException | RuntimeException | StoreFault e) {
            LOG.log(System.Logger.Level.WARNING, "Git garbage stays: {0}", e.getMessage());
        }
    }

    private static long countPacks(Repository repository) throws IOException {
        Path packs = repository.getDirectory().toPath().resolve("objects/pack");
        try (Stream<Path> files = Files.list(packs)) {
            return files.filter(file -> file.toString().endsWith(".pack")).count();
        }
    }

    /** Each fetch adds a line to the list of commits whose parents are not here. */
    private static void trimShallow(Repository repository) throws IOException {
        try (ObjectReader reader = repository.newObjectReader()) {
            Set<ObjectId> present = new HashSet<>();
            for (ObjectId commit : repository.getObjectDatabase().getShallowCommits()) {
                if (reader.has(commit, Constants.OBJ_COMMIT)) {
                    present.add(commit);
                }
            }
            repository.getObjectDatabase().setShallowCommits(present);
        }
    }

    @Override
    public void close() {
        BareStore open = current;
        if (open != null) {
            open.close();
        }
    }
}

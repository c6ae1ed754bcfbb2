package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.TreeCheck.UnfitTree;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.jspecify.annotations.Nullable;

/**
 * A branch or tag of a repo, watched with JGit. Objects are kept in a bare repo without history;
 * nothing is checked out and no hook, filter or program is run.
 *
 * <p>One look:
 *
 * <ol>
 *   <li>ask the remote where the branch stands; if it is where it was, that is all;
 *   <li>fetch that commit, without its parents: history plays no role, so it may be rewritten;
 *   <li>walk its whole tree: every object must be there and at least one file;
 *   <li>remember it as the last good revision, which is what every failure falls back to.
 * </ol>
 *
 * <p>Looks run one at a time, on a thread of their own. A caller waits for {@link Deadlines#answer}
 * at most, gets the last good revision then, and the look goes on.
 */
public final class JGitSource implements GitSource, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(JGitSource.class.getName());

    private final RepoUrl url;
    private final @Nullable String branch;
    private final Deadlines deadlines;
    private final Runnable whenLate;
    private final Remote remote;
    private final Place place;
    private final LocalCopy copy;

    private final OneAtATime jobs;
    private volatile @Nullable Known known;

    /**
     * Touches neither disk nor network yet.
     *
     * @param directory for the bare repos of all sources; belongs to this process alone
     * @param whenLate called from any thread when a look is done whose caller had stopped waiting
     */
    public JGitSource(Path directory, Origin origin, Deadlines deadlines, Runnable whenLate) {
        IsolatedSystemReader.install();
        this.url = origin.url();
        this.branch = origin.branch();
        this.deadlines = deadlines;
        this.whenLate = whenLate;
        this.remote = new Remote(url, origin.credentials(), deadlines.io());
        this.place = Place.of(directory, url, branch);
        this.copy = new LocalCopy(place.copy());
        this.jobs = new OneAtATime("git " + url, deadlines.look());
    }

    /**
     * What is watched.
     *
     * @param branch short name, or the full name of a tag; {@code null} = the branch that the
     *     remote's HEAD is on
     */
    public record Origin(RepoUrl url, @Nullable String branch, Credentials credentials) {}

    /**
     * Where on disk a branch is kept.
     *
     * @param copy holds the local copy and nothing else
     */
    record Place(Path copy) {
        static Place of(Path base, RepoUrl url, @Nullable String branch) {
            return new Place(directory(base, url, branch));
        }

        /** A file or directory for something else that belongs to it. */
        Path beside(String name) {
            return copy.resolveSibling(copy.getFileName() + "-" + name);
        }
    }

    private record Known(Revision revision, ConfigTree tree) {}

    /** Where the local copy of a branch lies. */
    static Path directory(Path base, RepoUrl url, @Nullable String branch) {
        return base.resolve(url.directoryName()).resolve(name(branch));
    }

    /** Of the directory of a branch, in that of its repo. */
    static String name(@Nullable String branch) {
        return branch == null ? "default" : "branch-" + RepoUrl.digest(branch);
    }

    @Override
    public SourceReading latestVerified() {
        return latestVerified(deadlines.answer());
    }

    /** Like {@link #latestVerified()}, with another time to wait. */
    SourceReading latestVerified(Duration patience) {
        try {
            return jobs.run(this::look, copy::collectGarbage, patience, whenLate);
        } catch (RemoteFault | StoreFault e) {
            return lastKnown(String.valueOf(e.getMessage()));
        } catch (TimeoutException e) {
            return lastKnown(stillLooking());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return lastKnown("the look at %s was interrupted".formatted(url));
        }
    }

    private String stillLooking() {
        return "%s takes long to answer; Berth is still waiting for it".formatted(url);
    }

    /** After a start, the last good revision is only on disk. */
    private void restore() {
        if (known != null) {
            return;
        }
        try {
            BareStore store = copy.store();
            Revision last = store.last();
            if (last != null) {
                store.requireWhole(last.commit());
                known = new Known(last, copy.tree(last.commit()));
            }
        } catch (StoreFault | UnfitTree e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the copy of {0} is damaged: {1}",
                    url,
                    e.getMessage());
            suspectStore();
        }
    }

    private void suspectStore() {
        try {
            copy.store().suspect();
        } catch (StoreFault e) {
            // There is no store to suspect; the look will say why.
        }
    }

    private SourceReading look(ProgressMonitor monitor) throws RemoteFault, StoreFault {
        restore();
        try {
            Remote.Tip tip = remote.tip(copy.store().repository(), branch);
            Revision revision = take(tip, monitor);
            Known now = new Known(revision, copy.tree(revision.commit()));
            known = now;
            return new SourceReading.Fresh(now.revision(), now.tree());
        } catch (RemoteFault | StoreFault e) {
            if (monitor.isCancelled()) {
                throw new RemoteFault(cutOff(), false, e);
            }
            throw e;
        }
    }

    private Revision take(Remote.Tip tip, ProgressMonitor monitor) throws RemoteFault, StoreFault {
        try {
            return copy.take(remote, tip, monitor);
        } catch (UnfitTree e) {
            throw new RemoteFault(
                    "commit %.12s on %s of %s is not used: %s; push one that is right"
                            .formatted(
                                    tip.commit().name(), tip.name().words(), url, e.getMessage()));
        }
    }

    private String cutOff() {
        return "%s did not send its newest commit within %d s; the repo may be too large or the line too slow"
                .formatted(url, deadlines.look().toSeconds());
    }

    /** Something done with the store, between looks. */
    @FunctionalInterface
    interface Examination<T> {
        T of(BareStore store, ProgressMonitor monitor) throws RemoteFault, StoreFault;
    }

    /**
     * Does work with the store on the thread of the looks, between two of them. Once begun it goes
     * on without its caller, and {@code whenLate} tells of its end.
     */
    <T> T examine(Examination<T> work, Duration patience)
            throws RemoteFault, StoreFault, TimeoutException, InterruptedException {
        return jobs.run(monitor -> work.of(copy.store(), monitor), () -> {}, patience, whenLate);
    }

    /** The tree of a commit that is here; {@code null} if it is not. */
    @Nullable ConfigTree treeHere(Revision revision) throws StoreFault {
        return has(revision) ? copy.tree(revision.commit()) : null;
    }

    /** Reads what is not followed of the same repo; the caller closes it. */
    public Asides asides() {
        return new Asides(url, branch, remote, place.beside("aside"));
    }

    /** Asks the same server. */
    Remote remote() {
        return remote;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    RepoUrl url() {
        return url;
    }

    Place place() {
        return place;
    }

    private SourceReading lastKnown(String cause) {
        Known last = known;
        return last == null
                ? new SourceReading.Unavailable(cause)
                : new SourceReading.Stale(last.revision(), last.tree(), cause);
    }

    /**
     * The tree of a commit that was read earlier, kept on disk from now on until {@link
     * #retainPins} lets it go. A commit that is not here any more is fetched if the server gives
     * single commits out.
     *
     * @throws ReconcileException.Transient if the commit can't be had
     */
    ConfigTree open(Revision revision) throws ReconcileException {
        ObjectId commit = ObjectId.fromString(revision.commit());
        try {
            if (!copy.store().has(commit)) {
                fetchPin(commit);
            }
            copy.store().pin(commit);
            return copy.tree(revision.commit());
        } catch (StoreFault | RemoteFault e) {
            throw unavailable(revision, String.valueOf(e.getMessage()), e);
        } catch (TimeoutException e) {
            throw unavailable(revision, stillLooking(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(revision, "the look was interrupted", e);
        }
    }

    /**
     * One commit that is on disk, and whole.
     *
     * @return {@code null} when it is not
     */
    @Nullable SourceReading here(String commit) {
        try {
            BareStore store = copy.store();
            ObjectId id = ObjectId.fromString(commit);
            if (!store.has(id)) {
                return null;
            }
            store.requireWhole(commit);
            Revision revision = store.revision(branch == null ? "" : branch, id);
            return new SourceReading.Fresh(revision, copy.tree(commit));
        } catch (StoreFault | UnfitTree e) {
            return null;
        }
    }

    /** One commit that its branch does not stand at any more, from a server that gives it out. */
    SourceReading fetched(String commit, String of) {
        Revision revision = new Revision(of, commit, "", Instant.EPOCH);
        try {
            open(revision);
        } catch (ReconcileException e) {
            return new SourceReading.Unavailable(e.getMessage());
        }
        SourceReading here = here(commit);
        return here == null
                ? new SourceReading.Unavailable(
                        "commit %s of %s is not whole".formatted(revision.shortCommit(), url))
                : here;
    }

    /** True when a commit is on disk. */
    boolean has(Revision revision) {
        try {
            return copy.store().has(ObjectId.fromString(revision.commit()));
        } catch (StoreFault e) {
            return false;
        }
    }

    private void fetchPin(ObjectId commit)
            throws InterruptedException, TimeoutException, RemoteFault, StoreFault {
        if (url.scheme() == RepoUrl.Scheme.LOCAL) {
            // JGit reads such a repo itself and gives out nothing but branches.
            throw new RemoteFault("it is not in the local copy of the repo any more");
        }
        jobs.run(
                monitor -> {
                    copy.pin(remote, commit, monitor);
                    return commit;
                },
                () -> {},
                deadlines.answer(),
                () -> {});
    }

    private ReconcileException unavailable(Revision revision, String why, Exception cause) {
        return new ReconcileException.Transient(
                ReasonCode.SourceUnavailable,
                "commit %s of %s can't be read: %s".formatted(revision.shortCommit(), url, why),
                cause);
    }

    /** Lets go of all commits that were opened, but these. */
    void retainPins(Set<String> commits) {
        try {
            BareStore store = copy.store();
            for (ObjectId pin : store.pins()) {
                if (!commits.contains(pin.name())) {
                    store.unpin(pin);
                }
            }
        } catch (StoreFault e) {
            suspectStore();
        }
    }

    /** True while a look or a fetch goes on, whether anybody waits for it or not. */
    boolean isBusy() {
        return jobs.isBusy();
    }

    /** Stops a look that runs, and waits a few seconds for it; open trees end. */
    @Override
    public void close() {
        jobs.close();
        copy.close();
    }
}

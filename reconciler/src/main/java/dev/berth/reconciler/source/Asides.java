package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.source.TreeCheck.UnfitTree;
import dev.berth.schemas.status.ReasonCode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryCache;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/**
 * Reads commits of a watched repo that are not followed: branches, tags, pull requests, commits by
 * their id. Each is held against the followed commit, for which so much history is fetched as it
 * takes to find where the two parted.
 *
 * <p>All this lies in a store of its own, so that neither what strangers offer nor a slow server
 * stands in the way of the looks at the followed branch. A commit is kept until the next one is
 * asked for; the store begins anew now and then, and when it is damaged or too large. Of a repo on
 * this machine nothing is copied at all.
 *
 * <p>Thread-safe: one question at a time, on a thread of its own.
 */
public final class Asides implements AutoCloseable {
    private static final String HEAD = "refs/berth/aside/head";
    private static final String BASE = "refs/berth/aside/base";

    /** History is fetched so deep, until it is enough. */
    private static final List<Integer> DEPTHS = List.of(64, 1024, HistoryCheck.MOST);

    private static final int MOST_QUESTIONS = 50;
    private static final long MOST_BYTES = 512L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final RepoUrl url;
    private final @Nullable String branch;
    private final Remote remote;
    private final Path directory;
    private final List<Integer> depths;
    private final OneAtATime jobs;

    // Owned by the thread of the questions.
    private @Nullable BareStore store;
    private int questions;

    /**
     * Touches neither disk nor network yet.
     *
     * @param branch that is followed, as {@link RefName} has it; {@code null} = the one that the
     *     remote's HEAD is on
     * @param directory belongs to this object alone; what is in it may be lost
     */
    Asides(RepoUrl url, @Nullable String branch, Remote remote, Path directory) {
        this(
                url,
                branch,
                remote,
                directory,
                new Pace(DEPTHS, new OneAtATime("git aside " + url, LIMIT)));
    }

    /**
     * How it goes on.
     *
     * @param depths greatest distances from the newest commits, which are at 1; ascending
     * @param jobs runs the questions; belongs to this object
     */
    record Pace(List<Integer> depths, OneAtATime jobs) {}

    /** The same at another pace. */
    Asides(RepoUrl url, @Nullable String branch, Remote remote, Path directory, Pace pace) {
        this.url = url;
        this.branch = branch;
        this.remote = remote;
        this.directory = directory;
        this.depths = List.copyOf(pace.depths());
        this.jobs = pace.jobs();
    }

    /**
     * Reads a commit. Takes a minute at most.
     *
     * @param name as people name it: {@code pull/12}, a branch, a tag, a full name of a ref, or
     *     digits of the commit's id
     * @param followed the commit to hold it against, 40 hex digits; {@code null}, or when the
     *     branch does not have it any more = where the followed branch stands
     * @throws ReconcileException.Transient if the repo can't be read for now, or the question
     *     before has not ended
     * @throws ReconcileException.Stalled if it can be, and that commit is not there or not one to
     *     look at: the others may be. The messages say why
     */
    public Aside open(String name, @Nullable String followed) throws ReconcileException {
        AskedRef asked = AskedRef.of(name);
        return run(
                "%s of %s can't be read".formatted(FaultText.clean(name), url),
                monitor -> open(asked, followed, monitor));
    }

    /**
     * Why the commit that was opened last would not be followed as it is; {@code null} = it would.
     *
     * @throws ReconcileException.Transient if that can't be told
     */
    public @Nullable String doubt(Aside aside, VerifiedSource judge) throws ReconcileException {
        return run(
                        "who signed commit %s can't be told"
                                .formatted(aside.revision().shortCommit()),
                        monitor ->
                                new Answer(
                                        judge.fault(
                                                store(), aside.revision(), aside.tree(), monitor)))
                .fault();
    }

    private record Answer(@Nullable String fault) {}

    private <T> T run(String failed, TimedJob.Work<T> work) throws ReconcileException {
        try {
            return jobs.run(work, () -> {}, LIMIT, () -> {});
        } catch (RemoteFault e) {
            String message = "%s: %s".formatted(failed, e.getMessage());
            throw e.ofCommit()
                    ? new ReconcileException.Stalled(ReasonCode.SourceUnavailable, message, e)
                    : unavailable(message, e);
        } catch (StoreFault e) {
            throw unavailable("%s: %s".formatted(failed, e.getMessage()), e);
        } catch (OneAtATime.NotStarted e) {
            throw unavailable(
                    "%s yet: what was asked of the repo before has not ended".formatted(failed), e);
        } catch (TimeoutException e) { // a server that does not answer is given up long before
            throw new ReconcileException.Stalled(
                    ReasonCode.SourceUnavailable,
                    "%s: it takes more than %d s".formatted(failed, LIMIT.toSeconds()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(failed + ": Berth ends", e);
        }
    }

    private static ReconcileException unavailable(String message, Exception cause) {
        return new ReconcileException.Transient(ReasonCode.SourceUnavailable, message, cause);
    }

    private Aside open(AskedRef asked, @Nullable String followed, ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        questions++;
        if (questions > MOST_QUESTIONS || size(directory) > MOST_BYTES) {
            discard();
        }
        boolean anew = store == null;
        try {
            return look(asked, followed, monitor);
        } catch (StoreFault e) {
            discard();
            if (anew || monitor.isCancelled()) {
                throw e;
            }
        } catch (RemoteFault e) {
            boolean again = e.perhapsLocal() && !anew && !monitor.isCancelled();
            if (e.perhapsLocal()) {
                discard();
            }
            if (!again) {
                throw e;
            }
        }
        return look(asked, followed, monitor);
    }

    private Aside look(AskedRef asked, @Nullable String followed, ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        Path local = local();
        if (local != null) {
            return inPlace(local, asked, followed, monitor);
        }
        Bounded bounded = new Bounded(monitor, directory);
        Remote.Refs refs = remote.refs(store().repository(), branch, asked);
        for (int depth : depths) {
            Pair pair = fetch(refs, asked, followed, depth, bounded);
            Aside aside = pair == null ? null : aside(pair, bounded);
            if (aside != null) {
                return aside;
            }
            if (isWhole()) {
                return pair == null ? fail(asked) : unrelated(pair, bounded);
            }
            if (depth < depths.getLast()) {
                discard(); // to make a shallow copy deeper is what servers and clients do worst
            } else if (pair != null) {
                return unrelated(pair, bounded);
            }
        }
        return fail(asked);
    }

    /**
     * The two commits.
     *
     * @param name of the head
     * @param branch that is followed, as {@link RefName} has it
     * @param own whether a branch or tag stands at the head
     */
    private record Pair(String name, ObjectId head, String branch, ObjectId base, boolean own) {}

    /** {@code null} when the commit is not there. */
    private @Nullable Pair fetch(
            Remote.Refs refs,
            AskedRef asked,
            @Nullable String followed,
            int depth,
            ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        String ref = refs.first(asked.refs());
        String whole = ref == null ? wholeId(refs, asked) : null;
        List<Remote.Want> wants = new ArrayList<>();
        wants.add(new Remote.Want(new RefName(refs.branch()).full(), BASE));
        String source = ref == null ? whole : ref;
        if (source != null) {
            wants.add(new Remote.Want(source, HEAD));
        } else if (asked.digits() == null) {
            throw none(asked);
        }
        BareStore now = store();
        now.drop(HEAD); // of the question before
        try {
            remote.fetch(now.repository(), wants, depth, monitor);
        } catch (RemoteFault e) {
            if (ref == null && whole != null && e.perhapsLocal() && !monitor.isCancelled()) {
                throw RemoteFault.ofCommit(
                        "%s gives out no commit %s; name a branch or a tag that has it"
                                .formatted(url, whole));
            }
            throw e;
        }
        ObjectId tip = Objects.requireNonNull(now.ref(BASE), BASE);
        ObjectId head = head(now, asked, ref == null ? null : refs.commits().get(ref), whole);
        return head == null
                ? null
                : new Pair(
                        asked.shown(ref),
                        head,
                        refs.branch(),
                        base(followed, tip),
                        refs.hasBranchAt(head));
    }

    /**
     * The commit that was fetched, perhaps by another name or before: {@code null} = it was not.
     *
     * @param told where its ref stood when the remote was asked; it may have moved since
     */
    private static @Nullable ObjectId head(
            BareStore now, AskedRef asked, @Nullable ObjectId told, @Nullable String whole)
            throws RemoteFault, StoreFault {
        ObjectId fetched = now.ref(HEAD);
        if (fetched != null) {
            return fetched;
        }
        ObjectId named = whole == null ? told : ObjectId.fromString(whole);
        if (named == null) {
            return resolve(now.repository(), asked);
        }
        return now.has(named) ? named : null;
    }

    /** The commit's id in full, as far as a ref stands at it; {@code null} = some older commit. */
    private static @Nullable String wholeId(Remote.Refs refs, AskedRef asked) throws RemoteFault {
        String digits = asked.digits();
        if (digits == null || asked.isWhole()) {
            return digits;
        }
        List<String> found =
                refs.commits().values().stream()
                        .map(ObjectId::name)
                        .filter(id -> id.startsWith(digits))
                        .distinct()
                        .toList();
        if (found.size() > 1) {
            throw ambiguous(asked);
        }
        return found.isEmpty() ? null : found.getFirst();
    }

    /** A commit of the history that is here. */
    private static @Nullable ObjectId resolve(Repository repository, AskedRef asked)
            throws RemoteFault, StoreFault {
        try {
            return repository.resolve(asked.digits() + "^{commit}");
        } catch (AmbiguousObjectException e) {
            throw ambiguous(asked);
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            return null;
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("commit %s can't be looked up".formatted(asked.text()), e);
        }
    }

    private ObjectId base(@Nullable String followed, ObjectId tip) throws StoreFault {
        ObjectId wanted = followed == null ? null : ObjectId.fromString(followed);
        return wanted != null && store().has(wanted) ? wanted : tip;
    }

    /** {@code null} when more history is needed to tell where they parted. */
    private @Nullable Aside aside(Pair pair, ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        BareStore now = store();
        requireFit(pair.head(), now.rootTree(pair.head().name()), monitor);
        requireFit(pair.base(), now.rootTree(pair.base().name()), monitor);
        try {
            MergedTree.Result merged =
                    new MergedTree(now.repository(), monitor).merge(pair.head(), pair.base());
            return merged == null ? null : aside(pair, merged.tree(), merged.way(), monitor);
        } catch (MergedTree.Cancelled e) {
            throw unfit(pair.head(), String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("commit %.12s can't be merged".formatted(pair.head().name()), e);
        }
    }

    private Aside unrelated(Pair pair, ProgressMonitor monitor) throws RemoteFault, StoreFault {
        ObjectId tree = store().rootTree(pair.head().name());
        return aside(pair, tree, new Aside.Alone("they have no commit in common"), monitor);
    }

    private Aside aside(Pair pair, ObjectId tree, Aside.Way way, ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        BareStore now = store();
        requireFit(pair.head(), tree, monitor);
        return new Aside(
                now.revision(pair.name(), pair.head()),
                new ObjectTree(() -> now, tree),
                new ObjectTree(() -> now, now.rootTree(pair.head().name())),
                now.revision(pair.branch(), pair.base()),
                new ObjectTree(() -> now, now.rootTree(pair.base().name())),
                way,
                pair.own() || way instanceof Aside.Behind || pair.head().equals(pair.base()));
    }

    /** Before anything walks through it, or reads a file of it. */
    private void requireFit(ObjectId commit, ObjectId tree, ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        try (ObjectReader reader = store().repository().newObjectReader()) {
            TreeCheck check = new TreeCheck(reader, TreeCheck.Limits.PROPOSED, monitor);
            if (check.countFiles(tree) == 0) {
                throw new UnfitTree("it has no files");
            }
        } catch (UnfitTree e) {
            throw unfit(commit, e.getMessage());
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("commit %.12s is not whole".formatted(commit.name()), e);
        }
    }

    private static RemoteFault unfit(ObjectId commit, String why) {
        return RemoteFault.ofCommit(
                "commit %.12s is not looked at: %s".formatted(commit.name(), why));
    }

    /** The objects of a repo on this machine are read where they are. */
    private Aside inPlace(
            Path local, AskedRef asked, @Nullable String followed, ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        BareStore now = store();
        try (Repository origin =
                new FileRepositoryBuilder().setGitDir(local.toFile()).setMustExist(true).build()) {
            Remote.Refs refs = Remote.Refs.in(origin, branch, url);
            ObjectId tip = refs.commits().get(new RefName(refs.branch()).full());
            if (tip == null) {
                throw new RemoteFault("%s has no branch %s; push it".formatted(url, refs.branch()));
            }
            String ref = refs.first(asked.refs());
            ObjectId head =
                    ref != null
                            ? refs.commits().get(ref)
                            : asked.digits() == null ? null : resolve(now.repository(), asked);
            if (head == null) {
                throw none(asked);
            }
            Pair pair =
                    new Pair(
                            asked.shown(ref),
                            head,
                            refs.branch(),
                            base(followed, tip),
                            refs.hasBranchAt(head));
            Aside aside = aside(pair, monitor);
            return aside == null ? unrelated(pair, monitor) : aside;
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("the Git repo at %s can't be read".formatted(local), e);
        }
    }

    private Aside fail(AskedRef asked) throws RemoteFault {
        throw none(asked);
    }

    private RemoteFault none(AskedRef asked) {
        return RemoteFault.ofCommit(
                "it has no branch, tag, pull request or commit of that name"
                        + (asked.digits() == null || asked.isWhole()
                                ? ""
                                : " in what was looked through; give all 40 digits"));
    }

    private static RemoteFault ambiguous(AskedRef asked) {
        return RemoteFault.ofCommit(
                "several commits begin with %s; give more digits".formatted(asked.text()));
    }

    private boolean isWhole() throws StoreFault {
        try {
            return store().repository().getObjectDatabase().getShallowCommits().isEmpty();
        } catch (IOException | RuntimeException e) {
            throw new StoreFault("the history that was fetched can't be read", e);
        }
    }

    /** The Git directory of a repo on this machine; {@code null} when it has to be asked. */
    private @Nullable Path local() {
        Path path = url.localDirectory();
        File found =
                path == null ? null : RepositoryCache.FileKey.resolve(path.toFile(), FS.DETECTED);
        return found == null ? null : found.toPath().toAbsolutePath();
    }

    private BareStore store() throws StoreFault {
        BareStore open = store;
        if (open == null) {
            if (Files.exists(directory)) {
                StoreDirectory.delete(directory);
            }
            open = BareStore.create(directory);
            store = open;
            questions = 1;
            Path local = local();
            if (local != null) {
                open.borrowFrom(local.resolve("objects"));
            }
        }
        return open;
    }

    private void discard() {
        BareStore open = store;
        store = null;
        if (open != null) {
            open.close();
        }
        if (Files.exists(directory)) {
            StoreDirectory.delete(directory);
        }
    }

    private static long size(Path directory) {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | RuntimeException e) {
            return 0; // it goes on being written
        }
    }

    /** Breaks off a transfer of more than anybody's config has. */
    private static final class Bounded extends EmptyProgressMonitor {
        private static final Duration GLANCE = Duration.ofMillis(200);
        private final ProgressMonitor inner;
        private final Path directory;
        private long looked = System.nanoTime();
        private boolean tooLarge;

        Bounded(ProgressMonitor inner, Path directory) {
            this.inner = inner;
            this.directory = directory;
        }

        @Override
        public boolean isCancelled() {
            long now = System.nanoTime();
            if (!tooLarge && now - looked > GLANCE.toNanos()) {
                looked = now;
                tooLarge = size(directory) > MOST_BYTES;
            }
            return tooLarge || inner.isCancelled();
        }
    }

    /** Stops what runs, and waits a few seconds for it; what was opened ends. */
    @Override
    public void close() {
        jobs.close();
        BareStore open = store;
        if (open != null) {
            open.close();
        }
        if (Files.exists(directory)) {
            StoreDirectory.delete(directory);
        }
    }
}

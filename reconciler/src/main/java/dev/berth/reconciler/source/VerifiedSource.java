package dev.berth.reconciler.source;

import dev.berth.reconciler.source.SourceReading.Fresh;
import dev.berth.reconciler.source.SourceReading.Stale;
import dev.berth.reconciler.source.SourceReading.Unavailable;
import dev.berth.schemas.config.Instance.VerifyMode;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.jspecify.annotations.Nullable;

/**
 * Follows only commits that are signed as {@link CommitJudge} wants it. A commit that is not leaves
 * the last one that was in its place, however often it is looked at, and over restarts.
 *
 * <p>Thread-safe: everything is decided on the thread of the Git looks, one at a time.
 */
public final class VerifiedSource implements GitSource {
    private static final System.Logger LOG = System.getLogger(VerifiedSource.class.getName());
    private static final Duration PATIENCE_WHEN_STALE = Duration.ofSeconds(1);

    private final JGitSource inner;
    private final TrustFile file;
    private final CommitJudge judge;
    private volatile @Nullable Trust trust;
    private volatile @Nullable Refusal refused;
    private volatile boolean kept = true;

    /** Touches neither disk nor network yet. Closing the inner source ends this one. */
    public VerifiedSource(JGitSource inner, SigningRules rules, OwnerKeys owner) {
        this(inner, rules, owner, inner.place());
    }

    private VerifiedSource(
            JGitSource inner, SigningRules rules, OwnerKeys owner, JGitSource.Place trusted) {
        this.inner = inner;
        this.file = new TrustFile(trusted.beside("verified.json"));
        CommitVerifier verifier = new CommitVerifier(inner.place().beside("signers"));
        this.judge =
                new CommitJudge(
                        rules,
                        owner,
                        verifier,
                        new HistoryCheck(
                                inner.remote(), inner.place().beside("history"), verifier));
    }

    /**
     * For {@link #doubt} alone: with what another process knows of the repo's default branch.
     *
     * @param copies where that process keeps its local copies
     */
    public static VerifiedSource knowing(
            Path copies, JGitSource inner, SigningRules rules, OwnerKeys owner) {
        return new VerifiedSource(
                inner, rules, owner, JGitSource.Place.of(copies, inner.url(), null));
    }

    /** The commit that was followed last, 40 hex digits; {@code null} = that can't be told. */
    public @Nullable String lastFollowed() {
        try {
            Trust last = file.read();
            return last == null ? null : last.revision().commit();
        } catch (StoreFault e) {
            return null;
        }
    }

    /** A commit that is not followed, as long as it is judged by this policy. */
    private record Refusal(String commit, VerifyPolicy policy, String cause) {}

    /** Why a commit is not followed; {@code null} = it is. */
    private record Answer(@Nullable String fault) {}

    @Override
    public SourceReading latestVerified() {
        return switch (inner.latestVerified()) {
            case Fresh(Revision revision, ConfigTree tree) ->
                    judged(revision, tree, null, inner.deadlines().answer());
            case Stale(Revision revision, ConfigTree tree, Doubt doubt) ->
                    judged(revision, tree, doubt, PATIENCE_WHEN_STALE);
            case Unavailable(Doubt doubt) -> lastFollowed(doubt);
        };
    }

    private SourceReading judged(
            Revision revision, ConfigTree tree, @Nullable Doubt doubt, Duration patience) {
        try {
            String fault = isFollowed(revision) ? null : ask(revision, tree, patience);
            if (fault != null) {
                return lastFollowed(
                        new Doubt(ReasonCode.SignatureInvalid, fault, revision.commit()));
            }
            return doubt == null ? new Fresh(revision, tree) : new Stale(revision, tree, doubt);
        } catch (RemoteFault | StoreFault e) {
            return lastFollowed(Doubt.unavailable(String.valueOf(e.getMessage())));
        } catch (TimeoutException e) {
            return lastFollowed(doubt == null ? Doubt.unavailable(stillChecking()) : doubt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return lastFollowed(Doubt.unavailable("the check of commits was interrupted"));
        }
    }

    private boolean isFollowed(Revision revision) {
        Trust now = trust;
        return kept && now != null && now.revision().equals(revision);
    }

    private @Nullable String ask(Revision revision, ConfigTree tree, Duration patience)
            throws RemoteFault, StoreFault, TimeoutException, InterruptedException {
        return inner.examine(
                        (store, monitor) -> new Answer(decide(store, revision, tree, monitor)),
                        patience)
                .fault();
    }

    private String stillChecking() {
        return "who signed the newest commits of %s is still being checked".formatted(inner.url());
    }

    private SourceReading lastFollowed(Doubt doubt) {
        try {
            Trust last = restored();
            ConfigTree tree = last == null ? null : inner.treeHere(last.revision());
            return last == null || tree == null
                    ? new Unavailable(doubt)
                    : new Stale(last.revision(), tree, doubt);
        } catch (StoreFault e) {
            return new Unavailable(doubt);
        }
    }

    /** After a start, what was followed is only on disk. */
    private @Nullable Trust restored() throws StoreFault {
        Trust known = trust;
        if (known == null) {
            known = file.read();
            trust = known;
        }
        return known;
    }

    /** Why a commit is not followed; {@code null} = from now on it is. */
    private @Nullable String decide(
            BareStore store, Revision revision, ConfigTree tree, ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        Trust before = restored();
        if (before != null && before.revision().commit().equals(revision.commit())) {
            store.follow(ObjectId.fromString(revision.commit()));
            Trust same = new Trust(revision, before.rules(), before.known());
            trust = same;
            if (!kept) {
                keep(same);
            }
            return null;
        }
        CommitJudge.Case it = judge.open(revision, tree, before);
        Refusal last = refused;
        if (last != null
                && last.commit().equals(revision.commit())
                && last.policy().equals(it.policy())) {
            return last.cause();
        }
        CommitJudge.Ruling ruling = judge.judge(it, store, monitor);
        if (ruling.fault() != null) {
            return refuse(it, ruling.fault());
        }
        if (changesRules(before, ruling.trust())) {
            // Forgotten, a restart would judge the next commit by rules that count no more.
            file.write(ruling.trust());
            kept = true;
        } else {
            keep(ruling.trust());
        }
        store.follow(it.commit());
        trust = ruling.trust();
        refused = null;
        return null;
    }

    private static boolean changesRules(@Nullable Trust before, Trust next) {
        return before == null
                ? next.rules().mode() != VerifyMode.OFF
                : !next.rules().equals(before.rules());
    }

    /** What can't be kept now is tried again with each look. */
    private void keep(Trust next) {
        try {
            file.write(next);
            kept = true;
        } catch (StoreFault e) {
            if (kept) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}; until it can, a restart would check the commits since then again",
                        e.getMessage());
            }
            kept = false;
        }
    }

    private String refuse(CommitJudge.Case it, String fault) {
        String cause = text(it, fault);
        refused = new Refusal(it.revision().commit(), it.policy(), cause);
        LOG.log(System.Logger.Level.WARNING, "{0}", cause);
        return cause;
    }

    private static String text(CommitJudge.Case it, String fault) {
        Revision revision = it.revision();
        return "commit %s by %s on branch %s is not followed: %s. %s If it is yours, sign it with a key that may (git commit --amend --no-edit -S) and push; if not, find out who could push it"
                .formatted(
                        revision.shortCommit(),
                        revision.author(),
                        revision.branch(),
                        fault,
                        it.before() == null
                                ? "No commit was followed yet, so nothing is deployed."
                                : "All stays as commit %s wants it."
                                        .formatted(it.before().revision().shortCommit()))
                .replaceAll("\\p{Cntrl}", " ");
    }

    /** As {@link #doubt}, of a commit in another store; a clause about the commit. */
    @Nullable String fault(
            BareStore store, Revision revision, ConfigTree tree, ProgressMonitor monitor)
            throws RemoteFault, StoreFault {
        CommitJudge.Case it = judge.open(revision, tree, file.read());
        return judge.judge(it.withoutHistory(), store, monitor).fault();
    }

    /**
     * Why a commit of the repo would not be followed if it came next; {@code null} = it would.
     * Looks at this commit alone, and changes nothing.
     */
    public @Nullable Doubt doubt(Revision revision, ConfigTree tree) {
        try {
            String fault =
                    inner.examine(
                                    (store, monitor) ->
                                            new Answer(fault(store, revision, tree, monitor)),
                                    inner.deadlines().answer())
                            .fault();
            return fault == null ? null : new Doubt(ReasonCode.SignatureInvalid, fault);
        } catch (RemoteFault | StoreFault e) {
            return Doubt.unavailable(String.valueOf(e.getMessage()));
        } catch (TimeoutException e) {
            return Doubt.unavailable(stillChecking());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Doubt.unavailable("the check of commits was interrupted");
        }
    }
}

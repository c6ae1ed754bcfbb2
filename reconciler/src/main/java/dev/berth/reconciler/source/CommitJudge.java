package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.config.Instance.VerifyMode;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a commit may be followed. Who may sign it is never said by that commit:
 *
 * <ol>
 *   <li>by the owner of the machine, if there are {@link OwnerKeys}; the repo can then only ask for
 *       more (strict), never for less;
 *   <li>else by the last commit that was followed. If its rules can't be understood, by those
 *       before;
 *   <li>the very first commit by its own rules, since there are no others.
 * </ol>
 *
 * <p>A commit that brings other rules must satisfy those as well. That lets nobody in, and keeps
 * people from locking themselves out. Keeps nothing; confined to the thread of the Git looks.
 */
final class CommitJudge {
    private final SigningRules rules;
    private final OwnerKeys owner;
    private final CommitVerifier verifier;
    private final HistoryCheck history;

    CommitJudge(
            SigningRules rules, OwnerKeys owner, CommitVerifier verifier, HistoryCheck history) {
        this.rules = rules;
        this.owner = owner;
        this.verifier = verifier;
        this.history = history;
    }

    /**
     * A commit to judge.
     *
     * @param before what was followed before it; {@code null} if nothing was
     * @param brought what its own tree says; {@code null} if that can't be understood
     * @param policy what counts for it
     * @param owned the policy is the owner's
     */
    record Case(
            Revision revision,
            @Nullable Trust before,
            @Nullable VerifyPolicy brought,
            VerifyPolicy policy,
            boolean owned) {
        ObjectId commit() {
            return ObjectId.fromString(revision.commit());
        }

        /**
         * Whether the branch was moved back to what it led to before: old rules do not come back
         * with that, nor keys that were taken out of them.
         */
        boolean goesBack() {
            return before != null
                    && !before.revision().commit().equals(revision.commit())
                    && before.known().contains(revision.commit());
        }

        /** The same, looking at this commit alone. */
        Case withoutHistory() {
            return new Case(revision, null, brought, policy, owned);
        }
    }

    /**
     * What came of it.
     *
     * @param fault why it may not be followed, a clause about the commit; {@code null} if it may
     * @param trust what is known once it is followed
     */
    record Ruling(@Nullable String fault, Trust trust) {}

    /**
     * Finds out what counts for a commit.
     *
     * @throws StoreFault if the tree or the owner's keys can't be read
     */
    Case open(Revision revision, ConfigTree tree, @Nullable Trust before) throws StoreFault {
        VerifyPolicy brought;
        try {
            brought = rules.of(tree);
        } catch (ReconcileException e) {
            throw new StoreFault("the rules for signing can't be read", e);
        }
        VerifyPolicy ofRepo =
                before != null
                        ? before.rules()
                        : Objects.requireNonNullElse(brought, VerifyPolicy.OFF);
        VerifyPolicy ofOwner = owner.read();
        return new Case(
                revision,
                before,
                brought,
                ofOwner == null ? ofRepo : ofOwner.atLeast(ofRepo.mode()),
                ofOwner != null);
    }

    /**
     * Judges a commit.
     *
     * @throws RemoteFault if its history is needed and can't be fetched
     * @throws StoreFault if something on disk can't be read or written
     */
    Ruling judge(Case it, BareStore store, ProgressMonitor monitor) throws RemoteFault, StoreFault {
        SignedCommit content = SignedCommit.read(store.repository(), it.commit());
        List<String> gained = List.of();
        String fault = fault(it, store, it.policy());
        if (fault == null && it.policy().mode() == VerifyMode.STRICT && it.before() != null) {
            HistoryCheck.Found found =
                    history.check(
                            new HistoryCheck.Branch(
                                    it.revision().branch(), it.commit(), content.parents()),
                            ids(it.before()),
                            it.policy(),
                            monitor);
            gained = found.gained();
            fault = found.fault();
        }
        return new Ruling(
                fault == null ? faultByOwnRules(it, store) : fault, trust(it, content, gained));
    }

    private @Nullable String faultByOwnRules(Case it, BareStore store) throws StoreFault {
        VerifyPolicy brought = it.brought();
        if (brought == null || it.owned() || brought.equals(it.policy())) {
            return null;
        }
        String fault = fault(it, store, brought);
        return fault == null
                ? null
                : "it changes who may sign and does not satisfy its own rules: " + fault;
    }

    private @Nullable String fault(Case it, BareStore store, VerifyPolicy by) throws StoreFault {
        return switch (verifier.verify(store.repository(), it.commit(), by)) {
            case Verdict.Good _ -> null;
            case Verdict.Bad(String why) -> why;
        };
    }

    private static Set<ObjectId> ids(Trust trust) {
        Set<ObjectId> ids = new HashSet<>();
        ids.add(ObjectId.fromString(trust.revision().commit()));
        trust.known().forEach(id -> ids.add(ObjectId.fromString(id)));
        return ids;
    }

    private static Trust trust(Case it, SignedCommit content, List<String> gained) {
        Trust before = it.before();
        VerifyPolicy next = it.brought();
        if (next == null || it.goesBack()) {
            next = before == null ? VerifyPolicy.OFF : before.rules();
        }
        return new Trust(
                it.revision(),
                next,
                Trust.merged(
                        before == null ? List.of() : before.known(),
                        Stream.of(
                                        Stream.of(it.revision().commit()),
                                        content.parents().stream().map(ObjectId::name),
                                        gained.stream())
                                .flatMap(ids -> ids)));
    }
}

package dev.berth.reconciler.foresight;

import org.jspecify.annotations.Nullable;

/**
 * A commit of the config repo that somebody would like to have followed.
 *
 * @param name as people name it: {@code pull/12}, a branch, a tag, a full name of a ref, or digits
 *     of the commit's id
 * @param commit where it must stand, 40 hex digits: who was trusted with one commit is not with the
 *     next; {@code null} = wherever it stands
 */
public record Proposal(String name, Trust trust, @Nullable String commit) {
    /**
     * Whether it comes from somebody who may push to the config repo. If not, nothing of it is
     * decrypted, no other repo is read for it, and nothing is planned.
     */
    public enum Trust {
        YES,
        NO,
        /** If a branch or tag of the repo stands at it, or the followed branch has it. */
        OF_BRANCHES
    }

    public Proposal(String name, boolean trusted, @Nullable String commit) {
        this(name, trusted ? Trust.YES : Trust.NO, commit);
    }

    /** Of somebody who may push, wherever it stands. */
    public static Proposal trusted(String name) {
        return new Proposal(name, Trust.YES, null);
    }

    /** Of nobody knows whom, wherever it stands. */
    public static Proposal named(String name) {
        return new Proposal(name, Trust.OF_BRANCHES, null);
    }
}

package dev.berth.reconciler.source;

/** Whether a commit is signed as it must be. */
public sealed interface Verdict {
    /**
     * It is.
     *
     * @param signer as the list of keys names it; empty when nobody had to sign
     */
    record Good(String signer) implements Verdict {}

    /**
     * It is not.
     *
     * @param why a sentence about the commit, to follow its name, without full stop
     */
    record Bad(String why) implements Verdict {}
}

package dev.berth.reconciler.webhook;

/** What a sender is answered. */
public sealed interface Receipt {
    /** It gets through. */
    record Pong() implements Receipt {}

    /**
     * Taken.
     *
     * @param run names it in the list of deliveries
     * @param coalesced whether the same came before
     */
    record Accepted(String run, boolean coalesced) implements Receipt {}

    /** Not signed as it should be. */
    record Unsigned() implements Receipt {}

    /** Signed, but about a repo that nobody named. */
    record Unnamed() implements Receipt {}

    /**
     * Signed, but not what such a sender writes.
     *
     * @param why for people
     */
    record Unreadable(String why) implements Receipt {}

    /** Longer than {@link WebhookInbox#MOST_BYTES}. */
    record TooLarge() implements Receipt {}

    /** Its body does not come. */
    record TooSlow() implements Receipt {}

    /** Too much comes in at once; another time. */
    record Busy() implements Receipt {}

    /** Nobody can judge it before config was read; another time. */
    record NotReady() implements Receipt {}
}

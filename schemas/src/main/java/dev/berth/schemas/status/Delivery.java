package dev.berth.schemas.status;

import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came in at {@code POST /api/webhook}, and what became of it. Nothing in it is a secret, and
 * of a delivery whose signature is wrong nothing is kept but when it came and why it was refused.
 *
 * @param id 12 hex digits, growing with time; what the sender was told as its run
 * @param at when it came first
 * @param last when it came last: a sender may deliver again what has its own id
 * @param times how often it came
 * @param provider what the sender is, as {@code spec.forges[].type} spells it
 * @param host the forge whose secret signed it; {@code null} = none did
 * @param delivery the sender's own id of it; {@code null} = it gave none
 * @param event what happened, in the sender's words; {@code null} = it did not say
 * @param repo {@code host/path} of the repo it is about; {@code null} = it names none
 * @param ref what was pushed, such as {@code refs/heads/main}; {@code null} = nothing, or more than
 *     one
 * @param number of the pull request; {@code null} = it is about none
 * @param matched whose code it is about: apps, and the Instance for the config repo
 * @param message why it came to that, for people; {@code null} when there is nothing to say
 */
public record Delivery(
        String id,
        Instant at,
        Instant last,
        int times,
        String provider,
        @Nullable String host,
        @Nullable String delivery,
        @Nullable String event,
        @Nullable String repo,
        @Nullable String ref,
        @Nullable Integer number,
        Outcome outcome,
        List<ResourceId> matched,
        @Nullable String message) {
    public Delivery {
        matched = List.copyOf(matched);
    }

    /** What became of it. */
    public enum Outcome {
        /** A repo that documents name is looked at. */
        Woke,
        /** The sender tries whether it gets through; it does. */
        Ping,
        /** Nothing that happens of this kind concerns Berth. */
        Ignored,
        /** No document names the repo. */
        Unnamed,
        /** It is signed, and is not what such a sender writes. */
        Unreadable,
        /** It is not signed by a secret that the Instance names. */
        BadSignature,
        /** Its body is longer than any is read. */
        TooLarge,
        /** Its body did not come in time. */
        TooSlow,
        /** Too much came in at once, or before config was read. */
        Busy;

        /** True when nobody has shown to be who they say they are. */
        public boolean refused() {
            return switch (this) {
                case BadSignature, TooLarge, TooSlow, Busy -> true;
                case Woke, Ping, Ignored, Unnamed, Unreadable -> false;
            };
        }
    }

    /** The same, come once more. */
    public Delivery again(Instant now) {
        return new Delivery(
                id, at, now, times + 1, provider, host, delivery, event, repo, ref, number, outcome,
                matched, message);
    }
}

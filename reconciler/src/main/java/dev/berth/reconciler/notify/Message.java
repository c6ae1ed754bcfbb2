package dev.berth.reconciler.notify;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;

/**
 * Something that somebody is to be told, once at least.
 *
 * @param id the same for the same thing to be told, however often it is sent; letters and digits
 * @param alert name of the alert, which says where it goes
 * @param reason of the failure, also when it is over
 * @param text one line for people
 * @param since when the failure began
 * @param at when this was decided to be told
 */
public record Message(
        String id,
        String alert,
        ResourceId resource,
        ReasonCode reason,
        Type type,
        String text,
        Instant since,
        Instant at) {

    /** What is told of a failure. */
    public enum Type {
        Failing,
        StillFailing,
        Recovered,
        /** Not well, but wanted no more: removed from the config repo, or suspended. */
        Closed
    }

    /** True when this is what there is to say now in place of the other. */
    boolean replaces(Message other) {
        return alert.equals(other.alert)
                && resource.equals(other.resource)
                && reason == other.reason
                && type == other.type;
    }
}

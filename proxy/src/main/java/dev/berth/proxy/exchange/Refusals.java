package dev.berth.proxy.exchange;

import dev.berth.proxy.http.RequestHead;

/** Requests that are refused before they are an exchange: the log tells of them all the same. */
public final class Refusals {
    private static final int BAD_REQUEST = 400;

    private Refusals() {}

    /**
     * Logs one that is malformed.
     *
     * @param head with what could be read of it, a client and an id
     * @param why without any of its bytes
     */
    public static void log(EdgeLoop loop, RequestHead head, String why) {
        AccessEntry entry = new AccessEntry(loop, head);
        entry.answered(BAD_REQUEST);
        entry.ended(why);
    }
}

package dev.berth.proxy.guard;

import dev.berth.proxy.http.RequestHead;

/** One rule of a route, with what its policy says. Thread-safe; called on event loops. */
interface Guard {
    /** Whether the request may go on; must not block. */
    Verdict check(RequestHead request);

    /** What of the policy it enforces; who passed a guard passes every one with an equal rule. */
    Object rule();
}

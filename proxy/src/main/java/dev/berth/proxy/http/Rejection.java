package dev.berth.proxy.http;

import org.jspecify.annotations.Nullable;

/**
 * Takes the place of a message that breaks a rule: it is answered with the failure. A connection of
 * HTTP/1 closes then, because what follows on it cannot be trusted; of HTTP/2 only the stream ends.
 *
 * @param detail what exactly is wrong, for the person who sent it; never echoes their bytes
 * @param head the head that broke the rule; {@code null} when none could be read
 */
public record Rejection(Failure failure, String detail, @Nullable RequestHead head) {
    /** A rejection of something that is not known yet, or never will be. */
    public Rejection(Failure failure, String detail) {
        this(failure, detail, null);
    }

    /** The same, of this head. */
    public Rejection of(RequestHead rejected) {
        return new Rejection(failure, detail, rejected);
    }
}

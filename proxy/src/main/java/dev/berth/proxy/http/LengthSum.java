package dev.berth.proxy.http;

/**
 * Requires the DATA frames of a message to add up to its Content-Length (RFC 9113 section 8.1.1).
 * The length is passed on as it is; a body that differs from it would end in the middle of the next
 * message there. Confined to the event loop.
 */
public final class LengthSum {
    private final boolean known;
    private long left;

    /**
     * For a body of that many bytes.
     *
     * @param contentLength -1 when the message does not say
     */
    public LengthSum(long contentLength) {
        this.known = contentLength >= 0;
        this.left = contentLength;
    }

    /** Counts bytes; false when they are too many, or too few at the end. */
    public boolean add(int bytes, boolean last) {
        left -= bytes;
        return !known || (left >= 0 && (!last || left == 0));
    }
}

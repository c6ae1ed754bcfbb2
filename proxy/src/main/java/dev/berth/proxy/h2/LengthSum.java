package dev.berth.proxy.h2;

/**
 * Requires the DATA frames of a request to add up to its Content-Length (RFC 9113 section 8.1.1).
 * The length goes to the backend as it is; a body that differs from it would end in the middle of
 * the next request there. Confined to the event loop.
 */
final class LengthSum {
    private final boolean known;
    private long left;

    /**
     * For a body of that many bytes.
     *
     * @param contentLength -1 when the request does not say
     */
    LengthSum(long contentLength) {
        this.known = contentLength >= 0;
        this.left = contentLength;
    }

    /** Counts bytes; false when they are too many, or too few at the end. */
    boolean add(int bytes, boolean last) {
        left -= bytes;
        return !known || (left >= 0 && (!last || left == 0));
    }
}

package dev.berth.proxy.listen;

import io.netty.util.ByteProcessor;

/**
 * Looks at every byte of a request head before it is parsed: lines end in CR LF and nothing else
 * (RFC 9112 section 2.2), no line begins with white space (obs-fold, section 5.2), no NUL or other
 * control character is in it (RFC 9110 section 5.5). Parsers differ in how they read those, and
 * that difference is how requests are smuggled.
 */
final class HeadBytes implements ByteProcessor {
    /** The longest run of empty lines that is skipped before a request. */
    private static final int MAX_LEADING = 8;

    private boolean complete;
    private boolean violated;
    private boolean lineIsEmpty = true;
    private boolean afterCr;
    private boolean anyLine;
    private int leading;

    @Override
    public boolean process(byte value) {
        if (afterCr) {
            afterCr = false;
            violated = value != '\n';
            endLine();
        } else if (value == '\r') {
            afterCr = true;
        } else if (lineIsEmpty && (value == ' ' || value == '\t')) {
            violated = true;
        } else if ((value >= 0 && value < ' ' && value != '\t') || value == 0x7f) {
            violated = true;
        } else {
            lineIsEmpty = false;
            anyLine = true;
        }
        return !violated && !complete;
    }

    /** Whether the empty line that ends the head was seen. */
    boolean complete() {
        return complete;
    }

    /** Whether a byte was seen that must not be there. */
    boolean violated() {
        return violated;
    }

    /** Whether any byte of a line was seen. */
    boolean begun() {
        return anyLine;
    }

    /** Starts over with the next head. */
    void reset() {
        complete = false;
        violated = false;
        lineIsEmpty = true;
        afterCr = false;
        anyLine = false;
        leading = 0;
    }

    private void endLine() {
        if (lineIsEmpty && anyLine) {
            complete = true;
        } else if (lineIsEmpty) {
            leading++;
            violated |= leading > MAX_LEADING;
        }
        lineIsEmpty = true;
    }
}

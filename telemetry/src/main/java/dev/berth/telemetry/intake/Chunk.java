package dev.berth.telemetry.intake;

/** A fixed piece of memory filled with whole lines. One owner at a time. */
final class Chunk {
    static final int SIZE = 64 * 1024;

    private final byte[] bytes = new byte[SIZE];
    private int length;
    private int lines;

    /** Adds a line if it fits. */
    boolean add(byte[] line, int count) {
        if (count > SIZE - length) {
            return false;
        }
        System.arraycopy(line, 0, bytes, length, count);
        length += count;
        lines++;
        return true;
    }

    void clear() {
        length = 0;
        lines = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    int lines() {
        return lines;
    }
}

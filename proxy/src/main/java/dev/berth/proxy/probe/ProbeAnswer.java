package dev.berth.proxy.probe;

/**
 * What one probe got.
 *
 * @param text for people: {@code HTTP 500}, {@code connection refused}, {@code timed out after 5 s}
 */
record ProbeAnswer(boolean passed, String text) {
    static ProbeAnswer failed(String text) {
        return new ProbeAnswer(false, text);
    }
}

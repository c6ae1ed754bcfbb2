package dev.berth.reconciler.live;

/** The engine's id of a container: 64 hex digits. */
public record ContainerId(String text) {
    /** The first 12 digits, as the engine's own tools show it. */
    public String shortId() {
        return text.length() <= 12 ? text : text.substring(0, 12);
    }

    @Override
    public String toString() {
        return text;
    }
}

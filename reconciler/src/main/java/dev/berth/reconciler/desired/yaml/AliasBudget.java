package dev.berth.reconciler.desired.yaml;

/** How many nodes a text may still have, or its aliases may still stand for. */
final class AliasBudget {
    private long left;

    AliasBudget(long nodes) {
        this.left = nodes;
    }

    /** False when that was too much. */
    boolean spend(long nodes) {
        left -= Math.min(left + 1, nodes);
        return left >= 0;
    }
}

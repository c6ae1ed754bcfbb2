package dev.berth.reconciler;

/** What tests in other packages want to know of a reconciler. */
public final class Passes {
    private Passes() {}

    /** True while work goes on that a pass has begun, or has ended and no pass has seen it. */
    public static boolean goOn(Reconciler reconciler) {
        return !reconciler.work().idle() || reconciler.work().hasEnded();
    }
}

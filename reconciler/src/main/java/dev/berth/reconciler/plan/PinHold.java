package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredJob;
import dev.berth.reconciler.desired.DesiredPin;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.plan.Change.Blocked;
import dev.berth.reconciler.plan.Change.StartRun;
import dev.berth.reconciler.plan.Reason.Held;
import dev.berth.schemas.status.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps an app as it is whose pin can't be followed: what serves goes on. */
final class PinHold {
    private PinHold() {}

    /** Why nothing new is started; {@code null} when the pin can be followed, or there is none. */
    static @Nullable Blocked of(DesiredApp app) {
        DesiredPin pin = app.pin();
        return pin == null || pin.fault() == null
                ? null
                : new Blocked(
                        app.id(), ReasonCode.UnknownRelease, true, List.of(new Held(pin.fault())));
    }

    /** A job that runs like the app is not begun either. */
    static List<Change> of(DesiredJob job, DesiredState.Known desired, List<Change> changes) {
        DesiredApp app = desired.apps().get(job.networkOf());
        Blocked hold = app == null ? null : of(app);
        return hold == null || changes.stream().noneMatch(StartRun.class::isInstance)
                ? changes
                : List.of(new Blocked(job.id(), hold.code(), true, hold.reasons()));
    }

    /** It is also told when nothing would be started. */
    static List<Change> tell(DesiredApp app, List<Change> changes) {
        Blocked hold = of(app);
        if (hold == null || app.suspended() || changes.contains(hold)) {
            return changes;
        }
        List<Change> all = new ArrayList<>(changes);
        all.add(hold);
        return all;
    }
}

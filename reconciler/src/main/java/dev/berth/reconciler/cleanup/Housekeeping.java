package dev.berth.reconciler.cleanup;

import dev.berth.schemas.status.PassReport.ChangeReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes on beside the passes so that disks don't fill up, as a pass sees it: it tells what is
 * needed, and is told what became of it. Never waits, never fails. Thread-safe.
 */
public interface Housekeeping {
    /** What is needed from now on; what was needed before may go. */
    void needed(Needs needs);

    /** Nobody can tell what is needed: nothing may go. */
    void blind();

    /** Something failed for want of room on a disk. */
    void outOfRoom();

    /** How much room there is on the disks; {@code null} until that was looked at. */
    @Nullable Room room();

    /** What was removed since it was asked the last time. */
    List<ChangeReport> takeReports();

    /** There is none. */
    Housekeeping NONE =
            new Housekeeping() {
                @Override
                public void needed(Needs needs) {}

                @Override
                public void blind() {}

                @Override
                public void outOfRoom() {}

                @Override
                public @Nullable Room room() {
                    return null;
                }

                @Override
                public List<ChangeReport> takeReports() {
                    return List.of();
                }
            };
}

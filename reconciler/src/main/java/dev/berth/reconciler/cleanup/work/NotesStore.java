package dev.berth.reconciler.cleanup.work;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.cleanup.ImageNotes;

/** Where notes about images outlive the process. Asked by one thread. */
public interface NotesStore {
    /** What was remembered last; nothing when that is lost. */
    ImageNotes recall();

    /**
     * Remembers.
     *
     * @throws ReconcileException.Transient if it can't
     */
    void remember(ImageNotes notes) throws ReconcileException.Transient;
}

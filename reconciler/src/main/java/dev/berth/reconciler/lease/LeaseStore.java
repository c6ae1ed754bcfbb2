package dev.berth.reconciler.lease;

import dev.berth.reconciler.answer.UnavailableException;
import java.time.Duration;

/**
 * Where it is kept which home has the lease on an instance: by the database, and by its clock only.
 * A call may take as long as it likes. Thread-safe.
 */
public interface LeaseStore {
    /**
     * Takes the lease if nobody has it or its holder has not renewed it for some time; renews it if
     * it is one's own. Of two who take it at once one gets it.
     *
     * @param validity how long it is valid unless renewed
     * @return the home that has it now
     */
    String claim(String instance, String holder, Duration validity) throws UnavailableException;

    /** Gives one's own lease back, so that another may take it at once. */
    void release(String instance, String holder) throws UnavailableException;
}

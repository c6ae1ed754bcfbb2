package dev.berth.reconciler.notify;

import java.io.IOException;
import java.util.List;

/**
 * What of the outbox outlives the process. Used by one thread at a time, {@link #delete} by any.
 */
public interface OutboxStore {
    /**
     * Messages that were kept and not deleted, oldest first.
     *
     * @throws IOException if they can't be listed
     */
    List<Message> messages() throws IOException;

    /** What was told, as last kept; nothing when that can't be read. */
    Told told();

    /**
     * Keeps a message: once this returns, a crash does not lose it.
     *
     * @throws IOException if it can't, as on a full disk
     */
    void keep(Message message) throws IOException;

    /**
     * Keeps what was told in place of what was kept before.
     *
     * @throws IOException if it can't, as on a full disk
     */
    void keep(Told told) throws IOException;

    /**
     * Forgets a message; nothing happens when it is not there.
     *
     * @throws IOException if it can't: it is sent again after a restart
     */
    void delete(String id) throws IOException;
}

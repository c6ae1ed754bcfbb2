package dev.berth.reconciler.notify;

import java.io.IOException;
import java.util.List;

/** An outbox on disk whose disk may be full. */
final class FaultyStore implements OutboxStore {
    private final OutboxStore disk;
    volatile boolean fullForMessages;
    volatile boolean fullForTold;

    FaultyStore(OutboxStore disk) {
        this.disk = disk;
    }

    @Override
    public List<Message> messages() throws IOException {
        return disk.messages();
    }

    @Override
    public Told told() {
        return disk.told();
    }

    @Override
    public void keep(Message message) throws IOException {
        check(fullForMessages);
        disk.keep(message);
    }

    @Override
    public void keep(Told told) throws IOException {
        check(fullForTold);
        disk.keep(told);
    }

    @Override
    public void delete(String id) throws IOException {
        disk.delete(id);
    }

    private static void check(boolean full) throws IOException {
        if (full) {
            throw new IOException("No space left on device");
        }
    }
}

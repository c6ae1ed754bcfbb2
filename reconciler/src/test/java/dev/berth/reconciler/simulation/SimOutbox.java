package dev.berth.reconciler.simulation;

import dev.berth.reconciler.notify.Message;
import dev.berth.reconciler.notify.OutboxStore;
import dev.berth.reconciler.notify.Told;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Messages that wait on a disk. */
final class SimOutbox implements OutboxStore {
    private final Map<String, Message> messages = new TreeMap<>();
    private Told told = new Told(List.of());

    @Override
    public List<Message> messages() {
        return List.copyOf(messages.values());
    }

    @Override
    public Told told() {
        return told;
    }

    @Override
    public void keep(Message message) {
        messages.put(message.id(), message);
    }

    @Override
    public void keep(Told now) {
        told = now;
    }

    @Override
    public void delete(String id) {
        messages.remove(id);
    }
}

package dev.berth.reconciler.simulation;

import dev.berth.reconciler.notify.Message;
import dev.berth.reconciler.notify.OutboxStore;
import dev.berth.reconciler.notify.Told;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Messages that wait on a disk. */
final class SimOutbox implements OutboxStore {
    private final Map<String, Message> messages = new TreeMap<>();
    private final Map<String, Message> everKept = new TreeMap<>();
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
        everKept.put(message.id(), message);
    }

    /** Ids of what was to be told first of a failure since then. */
    Set<String> failing(ResourceId resource, ReasonCode reason, Instant since) {
        return everKept.values().stream()
                .filter(message -> message.type() == Message.Type.Failing)
                .filter(message -> message.resource().equals(resource))
                .filter(message -> message.reason() == reason && !message.at().isBefore(since))
                .map(Message::id)
                .collect(Collectors.toSet());
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

package dev.berth.reconciler.engine;

import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventActor;
import com.github.dockerjava.api.model.EventType;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.engine.ContainerEngine.EngineEvent;
import dev.berth.reconciler.engine.ContainerEngine.Subscription;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.Labels;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;

/** Follows the events of a Docker engine's containers. */
final class DockerEvents {
    private static final String HEALTH = "health_status";

    /** What may mean that a container is not as it should be; starting one is no news to us. */
    private static final String[] ACTIONS = {
        "die", "destroy", HEALTH, "oom", "pause", "unpause", "rename", "update"
    };

    private final EngineConnection engine;
    private final InstantSource clock;

    DockerEvents(EngineConnection engine, InstantSource clock) {
        this.engine = engine;
        this.clock = clock;
    }

    Subscription follow(String instance, Consumer<EngineEvent> onEvent, Runnable onEnd)
            throws ReconcileException {
        EngineStream<Event> stream = engine.stream(event -> tell(event, onEvent));
        boolean begun = false;
        try {
            engine.calls()
                    .run(
                            Ask.toRead("follow the events of instance " + instance),
                            () -> {
                                ask(stream, instance);
                                stream.awaitBegun();
                                return true;
                            });
            begun = true;
        } finally {
            if (!begun) {
                stream.close();
            }
        }
        stream.whenDone(
                _ -> {
                    stream.close();
                    onEnd.run();
                });
        return stream::close;
    }

    /** The engine answers just before it subscribes us; {@code since} covers the time between. */
    private void ask(EngineStream<Event> stream, String instance) {
        Instant now = clock.instant();
        stream.client()
                .eventsCmd()
                .withSince("%d.%09d".formatted(now.getEpochSecond(), now.getNano()))
                .withEventTypeFilter(EventType.CONTAINER)
                .withEventFilter(ACTIONS)
                .withLabelFilter(Map.of(Labels.INSTANCE, instance))
                .exec(stream);
    }

    private static void tell(Event event, Consumer<EngineEvent> onEvent) {
        EventActor actor = event.getActor();
        String action = event.getAction();
        if (actor != null && actor.getId() != null && action != null) {
            ContainerId id = new ContainerId(actor.getId());
            String word = word(action);
            ContainerLabels.owner(actor.getAttributes())
                    .filter(_ -> !word.equals(HEALTH))
                    .ifPresent(app -> onEvent.accept(new EngineEvent(app, id, word)));
        }
    }

    /**
     * {@code health_status: unhealthy} is one action with its result. Without one it only says that
     * the check was run, as some engines do each time.
     */
    private static String word(String action) {
        return action.startsWith(HEALTH + ": ") ? action.substring(HEALTH.length() + 2) : action;
    }
}

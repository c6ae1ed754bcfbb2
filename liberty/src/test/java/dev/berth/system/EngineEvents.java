package dev.berth.system;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Hears from the engine what has happened there, and when by its own clock. */
final class EngineEvents extends ResultCallback.Adapter<Event> implements AutoCloseable {
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    /** Images get names, which is the last thing that a build does. */
    static EngineEvents ofTags(DockerClient docker) {
        EngineEvents events = new EngineEvents();
        docker.eventsCmd().withEventTypeFilter(EventType.IMAGE).withEventFilter("tag").exec(events);
        return events;
    }

    /** Whatever happens to containers and networks that somebody has made. */
    static EngineEvents ofCreations(DockerClient docker) {
        EngineEvents events = new EngineEvents();
        docker.eventsCmd()
                .withEventTypeFilter(EventType.CONTAINER, EventType.NETWORK)
                .withEventFilter("create")
                .exec(events);
        return events;
    }

    @Override
    public void onNext(Event event) {
        events.add(event);
    }

    /** When the next one whose subject has a name with that in it came to pass. */
    Instant next(String name, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Event event = events.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                throw new IllegalStateException("nothing of %s after %s".formatted(name, patience));
            }
            Map<String, String> of = Objects.requireNonNull(event.getActor()).getAttributes();
            if (of != null && of.getOrDefault("name", "").contains(name)) {
                return Instant.ofEpochSecond(0, Objects.requireNonNull(event.getTimeNano()));
            }
        }
    }

    @Override
    public void close() throws IOException {
        super.close();
    }
}

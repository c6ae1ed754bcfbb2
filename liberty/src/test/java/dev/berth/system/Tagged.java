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

/** Hears from the engine when an image gets a name, which is the last thing that a build does. */
final class Tagged extends ResultCallback.Adapter<Event> implements AutoCloseable {
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    static Tagged listen(DockerClient docker) {
        Tagged tagged = new Tagged();
        docker.eventsCmd().withEventTypeFilter(EventType.IMAGE).withEventFilter("tag").exec(tagged);
        return tagged;
    }

    @Override
    public void onNext(Event event) {
        events.add(event);
    }

    /** When the next one that begins so got its name, by the engine's clock. */
    Instant next(String name, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Event event = events.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                throw new IllegalStateException("no image %s after %s".formatted(name, patience));
            }
            Map<String, String> of = Objects.requireNonNull(event.getActor()).getAttributes();
            if (of != null && of.getOrDefault("name", "").startsWith(name)) {
                return Instant.ofEpochSecond(0, Objects.requireNonNull(event.getTimeNano()));
            }
        }
    }

    @Override
    public void close() throws IOException {
        super.close();
    }
}

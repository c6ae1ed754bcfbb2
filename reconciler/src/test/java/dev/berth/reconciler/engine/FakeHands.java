package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a person with the engine's own tools does behind Berth's back. Counts as no call and no
 * write. Containers are named by name; one that is not there is a mistake of the test.
 */
public final class FakeHands {
    private final FakeEngine engine;

    FakeHands(FakeEngine engine) {
        this.engine = engine;
    }

    /** {@code docker rm -f}. */
    public void remove(String name) {
        with(name, (host, container) -> host.remove(container));
    }

    /** {@code docker stop}: it stays stopped. */
    public void stop(String name) {
        with(name, (host, container) -> host.stop(container, 143));
    }

    /** {@code docker start}. */
    public void start(String name) {
        with(
                name,
                (host, container) -> {
                    try {
                        host.start(container);
                    } catch (ReconcileException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    /** Its image's HEALTHCHECK begins to fail. */
    public void fallIll(String name) {
        with(
                name,
                (host, container) -> {
                    container.ill = true;
                    host.tell(container, "unhealthy");
                });
    }

    /** What images do some time after their start has its effect now, if that time has come. */
    public void letTimePass() {
        on(host -> List.copyOf(host.containers.values()).forEach(host::view));
    }

    /**
     * When a container will do something by itself, which then wants {@link #letTimePass}; {@code
     * null} when it will not, or is gone.
     */
    public @Nullable Instant due(ContainerId id) {
        AtomicReference<@Nullable Instant> due = new AtomicReference<>();
        on(
                host -> {
                    FakeContainer container = host.containers.get(id);
                    due.set(container == null ? null : host.due(container));
                });
        return due.get();
    }

    /** {@code docker pause}. */
    public void pause(String name) {
        with(
                name,
                (host, container) -> {
                    container.state = new ContainerView.Paused();
                    host.tell(container, "pause");
                });
    }

    /** Its first process ends by itself; the engine starts it again at once. */
    public void crash(String name, int code) {
        with(
                name,
                (host, container) -> {
                    host.ended(container, code);
                    if (container.state instanceof ContainerView.Restarting(_, int restarts)) {
                        container.state = host.running(restarts);
                    }
                });
    }

    /** It ends, and the engine goes on restarting it in vain. */
    public void crashLoop(String name, int code) {
        with(name, (host, container) -> host.ended(container, code));
    }

    /** What the engine goes on restarting stays up again. */
    public void recover(String name) {
        with(
                name,
                (host, container) -> {
                    if (container.state instanceof ContainerView.Restarting(_, int restarts)) {
                        container.state = host.running(restarts);
                    }
                });
    }

    /** {@code docker rename}. */
    public void rename(String name, String to) {
        with(
                name,
                (host, container) -> {
                    container.name = to;
                    host.tell(container, "rename");
                });
    }

    /** {@code docker update --memory}. */
    public void setMemory(String name, long bytes) {
        update(name, old -> new ContainerView.Actual(bytes, old.cpuMillis(), old.restartPolicy()));
    }

    /** {@code docker update --cpus}. */
    public void setCpuMillis(String name, long millis) {
        update(
                name,
                old -> new ContainerView.Actual(old.memoryBytes(), millis, old.restartPolicy()));
    }

    /** {@code docker update --restart}. */
    public void setRestartPolicy(String name, String policy) {
        update(name, old -> new ContainerView.Actual(old.memoryBytes(), old.cpuMillis(), policy));
    }

    /** {@code docker network disconnect}. */
    public void disconnect(String name, String network) {
        with(name, (_, container) -> container.networks.remove(network));
    }

    /** {@code docker network disconnect -f} of all that is attached, and {@code network rm}. */
    public void removeNetwork(String network) {
        on(
                host -> {
                    host.containers.values().forEach(c -> c.networks.remove(network));
                    host.networks.remove(network);
                });
    }

    /** {@code docker volume rm}. */
    public void removeVolume(String volume) {
        on(host -> host.volumes.remove(volume));
    }

    /** {@code docker rmi -f}. */
    public void removeImage(String reference) {
        on(host -> host.images.remove(reference));
    }

    /** {@code docker run} of an image that is there, with these labels and no more. */
    public void run(String name, String image, Map<String, String> labels) {
        on(
                host -> {
                    try {
                        host.start(host.add(name, labels, null, image));
                    } catch (ReconcileException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private void update(String name, UnaryOperator<ContainerView.Actual> change) {
        with(
                name,
                (host, container) -> {
                    container.actual = change.apply(container.settings());
                    host.tell(container, "update");
                });
    }

    private void with(String name, Deed deed) {
        on(
                host ->
                        deed.on(
                                host,
                                host.named(name)
                                        .orElseThrow(
                                                () ->
                                                        new IllegalArgumentException(
                                                                "no container " + name))));
    }

    private void on(Consumer<FakeHost> deed) {
        engine.byHand(deed);
    }

    private interface Deed {
        void on(FakeHost host, FakeContainer container);
    }
}

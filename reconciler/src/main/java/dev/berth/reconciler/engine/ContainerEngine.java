package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A container engine, as far as Berth needs one. Every call has a deadline of its own; every
 * failure is a {@link ReconcileException} whose message names the object and the engine's answer:
 * {@code Transient} with reason {@code EngineUnavailable} when the engine can't be reached, {@code
 * Stalled} when the request can't work as it is. Removing or stopping what is gone is success.
 * Thread-safe.
 */
public interface ContainerEngine {
    /**
     * Every container with the instance's label, running or not, each inspected.
     *
     * @throws ReconcileException.Transient also when only a part could be read: never a short list
     */
    List<ContainerView> containers(String instance) throws ReconcileException;

    /** Networks with the instance's label: name by owning app. */
    Map<ResourceId, String> networks(String instance) throws ReconcileException;

    /** True when the engine has an image of that reference. */
    boolean hasImage(String reference) throws ReconcileException;

    /**
     * Pulls an image.
     *
     * @throws ReconcileException.Stalled with reason {@code PullFailed} if the registry has no such
     *     image or refuses; {@code Transient} if it can't be reached
     */
    void pullImage(String reference, Duration deadline) throws ReconcileException;

    /**
     * Builds an image with the classic builder and tags it.
     *
     * @param log gets each line of the builder's output, without line end
     * @throws ReconcileException.Stalled with reason {@code BuildFailed} if a step fails; the
     *     message has the last lines of output
     */
    void buildImage(ImageBuild build, Consumer<String> log) throws ReconcileException;

    /** Makes sure that a network and volumes of these names exist, labelled as the app's. */
    void ensureNetwork(String instance, ResourceId app, String network) throws ReconcileException;

    /** Likewise for a volume. */
    void ensureVolume(String instance, ResourceId app, String volume) throws ReconcileException;

    /** Removes a network that no container uses. */
    void removeNetwork(String network) throws ReconcileException;

    /**
     * Makes a container, hardened as design section 4 says, and does not start it. A container of
     * the same name and the same spec hash that is only created counts as made.
     *
     * @throws ReconcileException.Stalled with reason {@code StartFailed} if the image does not
     *     exist or the engine refuses a setting; {@code Conflict} if the name is taken
     */
    ContainerId createContainer(ContainerSpec spec) throws ReconcileException;

    /** Starts a container; one that runs already is left alone. */
    void startContainer(ContainerId id) throws ReconcileException;

    /** TERM, then KILL after the grace time. */
    void stopContainer(ContainerId id, Duration grace) throws ReconcileException;

    /** Kills it if it runs, and removes it with its anonymous volumes; named volumes stay. */
    void removeContainer(ContainerId id) throws ReconcileException;

    /**
     * The last lines of a container's output, both streams in the order written, without line ends.
     *
     * @param lines greatest number of lines
     */
    List<String> logTail(ContainerId id, int lines) throws ReconcileException;

    /**
     * Runs a command in a running container.
     *
     * @return exit code and the last 4 KiB of output
     * @throws ReconcileException.Transient if it is not done within the timeout or the container
     *     does not run
     */
    ExecResult exec(ContainerId id, List<String> command, Duration timeout)
            throws ReconcileException;

    /**
     * Follows the engine's events about the instance's containers until closed.
     *
     * @param onEvent called on a thread of the engine, must not block
     * @param onEnd called once when the stream ends for any reason but {@code close}
     */
    Subscription events(String instance, Consumer<EngineEvent> onEvent, Runnable onEnd)
            throws ReconcileException;

    /** How a command in a container ended. */
    record ExecResult(int exitCode, String output) {}

    /**
     * Something happened to a container.
     *
     * @param action the engine's word: {@code die}, {@code destroy}, {@code health_status}
     */
    record EngineEvent(ResourceId app, ContainerId container, String action) {}

    /** A running subscription. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}

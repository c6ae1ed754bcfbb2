package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ImageStore;
import dev.berth.reconciler.live.LiveContainers;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.ResourceId;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * A container engine, as far as Berth needs one. Every call has a deadline of its own. Every
 * failure is a {@link ReconcileException} whose message names the object and has the engine's
 * answer, but never the value of an environment variable:
 *
 * <ul>
 *   <li>{@code Transient} {@code EngineUnavailable}: the engine can't be reached, went away, or
 *       gave no answer in time; the call may have had its effect
 *   <li>{@code Transient} {@code DiskFull}: no space left on the engine's disk
 *   <li>{@code Transient} {@code Superseded}: the calling thread was interrupted; its interrupt
 *       flag stays set, and a pull, build or wait is cancelled
 *   <li>{@code Stalled}: the request can't work as it is
 * </ul>
 *
 * <p>Removing or stopping what is gone is success. Thread-safe; blocking; made for virtual threads.
 */
public interface ContainerEngine extends LiveContainers {
    /**
     * One of our containers, inspected; empty when it is gone or not ours.
     *
     * @throws ReconcileException.Transient as for every call; gone is never a failure
     */
    Optional<ContainerView> container(ContainerId id) throws ReconcileException;

    /** True when the engine has an image of that reference. */
    boolean hasImage(String reference) throws ReconcileException;

    /**
     * Pulls an image.
     *
     * @param reference with a tag or, as {@code <repository>@sha256:...}, exactly that one
     * @throws ReconcileException.Stalled with reason {@code PullFailed} if the registry has no such
     *     image or refuses: then who was asked as whom is said; with {@code Conflict} if it gave
     *     another than was asked for
     * @throws ReconcileException.Transient with reason {@code PullFailed} if the registry can't be
     *     reached, asks to come back later, or the deadline passes
     */
    void pullImage(String reference, Duration deadline) throws ReconcileException;

    /**
     * Builds an image and tags it: with BuildKit if the Dockerfile needs it, else with the classic
     * builder. Base images are pulled only when the engine does not have them. Whatever ends the
     * call early cancels the build. Memory and CPU of a build are not limited; see {@link
     * BuildKitBuild} for what an engine can do.
     *
     * @param log gets each line of the builder's output, without line end, in order; on another
     *     thread, never after the call returned
     * @throws ReconcileException.Stalled with reason {@code BuildFailed} if a step fails, the
     *     Dockerfile is wrong or missing or needs a builder that the engine lacks, or the deadline
     *     passes; the message has the last 20 lines of output, and above them what to do where the
     *     failure is a known one ({@link dev.berth.reconciler.engine.buildlog.BuildFault})
     * @throws ReconcileException.Transient with reason {@code BuildFailed} if a registry can't be
     *     reached; {@code DiskFull} also when a step ran out of space
     * @throws ReconcileException what the build's context threw
     */
    void buildImage(ImageBuild build, Consumer<String> log) throws ReconcileException;

    /**
     * Puts an image into the registry that its name begins with.
     *
     * @param reference a name with a tag, that the engine has
     * @param log gets lines as of {@link #buildImage}
     * @return what names it there for ever, {@code <repository>@sha256:...}
     * @throws ReconcileException.Stalled with reason {@code PushFailed} if the registry refuses;
     *     who was asked as whom is said
     * @throws ReconcileException.Transient with reason {@code PushFailed} if the registry can't be
     *     reached, asks to come back later, the deadline passes, or the engine lacks the image
     */
    String pushImage(String reference, Duration deadline, Consumer<String> log)
            throws ReconcileException;

    /**
     * Gives an image one more name, which another image loses if it had it.
     *
     * @param image a name of it, also one with a digest, or its id
     * @param name with a tag
     * @throws ReconcileException.Transient with reason {@code PullFailed} if there is no such image
     */
    void tagImage(String image, String name) throws ReconcileException;

    /**
     * Every image that has a name or that no other is made from. What is in use is asked after the
     * images, so that a container made meanwhile counts.
     *
     * @param instance ours, whose apps are no neighbours
     */
    ImageStore images(String instance) throws ReconcileException;

    /** The id of the image that a reference means now; empty when there is none. */
    Optional<String> imageId(String reference) throws ReconcileException;

    /**
     * Takes a name from an image, and removes the image with the layers under it that nothing else
     * needs when that was its last one. Never by force.
     *
     * @param name one of its names, or its id when it has none
     * @throws ReconcileException.Transient with reason {@code PruneFailed} while a container is
     *     made of it, also one that does not run, or another image is
     */
    void removeImage(String name) throws ReconcileException;

    /**
     * Removes cache of builds that no build under way uses; the classic builder's is images without
     * a name and none of it.
     *
     * @param unusedFor only what was not used for that long; zero = all
     * @return bytes of disk that became free
     */
    long pruneBuildCache(Duration unusedFor) throws ReconcileException;

    /** The disk with the engine's directory; empty when it is on another machine. */
    Optional<DiskUse> disk() throws ReconcileException;

    /**
     * Makes sure that a network of this name exists and is the app's. No write when it does.
     *
     * @throws ReconcileException.Stalled with reason {@code Conflict} if one of that name exists
     *     and is not labelled as this app's
     */
    void ensureNetwork(String instance, ResourceId app, String network) throws ReconcileException;

    /** Likewise for a volume; its content is never touched. */
    void ensureVolume(String instance, ResourceId app, String volume) throws ReconcileException;

    /**
     * Removes a network.
     *
     * @throws ReconcileException.Transient with reason {@code PruneFailed} while a running
     *     container uses it
     */
    void removeNetwork(String network) throws ReconcileException;

    /**
     * Removes a volume with its data.
     *
     * @throws ReconcileException.Transient with reason {@code PruneFailed} while a container uses
     *     it, also one that does not run
     */
    void removeVolume(String volume) throws ReconcileException;

    /**
     * Makes a container, hardened as design section 4 says, and does not start it. A container of
     * the same name, instance, owner, release and spec hash that was never started counts as made,
     * whatever its revision: it is what a crash between create and start leaves behind.
     *
     * @throws ReconcileException.Stalled with reason {@code StartFailed} if the image does not
     *     exist or the engine refuses a setting; {@code Conflict} if the name is taken
     */
    ContainerId createContainer(ContainerSpec spec) throws ReconcileException;

    /** One of our runs, inspected; empty when it is gone or not ours. */
    Optional<RunView> run(ContainerId id) throws ReconcileException;

    /**
     * Makes a container that runs once, hardened as any other, and does not start it: {@link
     * #startContainer} does, and the engine never starts it again. One of the same name, instance,
     * owner, role, run and spec hash that was never started counts as made.
     *
     * @throws ReconcileException.Stalled as of {@link #createContainer}
     */
    ContainerId createRun(RunSpec spec) throws ReconcileException;

    /**
     * Puts files into a container, over those of the same name; for values of secrets, so they are
     * in no message. Directories that are missing are made; every user in the container may read
     * the files. They last as long as the container does.
     *
     * @param files by absolute path, each at least two directories below the root
     * @throws ReconcileException.Transient with reason {@code StartFailed} if the container is gone
     * @throws ReconcileException.Stalled with reason {@code StartFailed} if the engine refuses them
     */
    void putFiles(ContainerId id, SortedMap<String, Secret> files) throws ReconcileException;

    /**
     * Reads a directory of a container, whether it runs, has ended, or never started.
     *
     * @param directory absolute
     * @param out gets all below it as a tar, paths relative to the directory; stays open
     * @throws ReconcileException.Stalled with reason {@code BuildFailed} if it has no such
     *     directory
     * @throws ReconcileException.Transient with reason {@code BuildFailed} if the container is
     *     gone, {@code out} takes no more, or the deadline passes
     */
    void readFiles(ContainerId id, String directory, Duration deadline, OutputStream out)
            throws ReconcileException;

    /**
     * Starts a container and returns when its first process runs; one that runs already is left
     * alone, a paused one goes on. The engine restarts it from then on, until it is stopped; a run
     * never.
     *
     * @throws ReconcileException.Stalled with reason {@code StartFailed} if its command can't be
     *     run
     * @throws ReconcileException.Transient with reason {@code StartFailed} if it, or its network,
     *     is gone
     */
    void startContainer(ContainerId id) throws ReconcileException;

    /**
     * TERM, then KILL after the grace time; returns when it has ended. The engine does not start it
     * again.
     *
     * @throws ReconcileException.Transient with reason {@code PruneFailed} if it can't be stopped
     */
    void stopContainer(ContainerId id, Duration grace) throws ReconcileException;

    /**
     * Kills it if it runs, and removes it with its anonymous volumes; named volumes stay.
     *
     * @throws ReconcileException.Transient with reason {@code PruneFailed} if it can't be removed
     */
    void removeContainer(ContainerId id) throws ReconcileException;

    /**
     * The last lines of a container's output, without line ends; empty when the container is gone.
     * Each stream is in the order written, the two as the engine got them. Lines over 4 KiB are
     * cut.
     *
     * @param lines greatest number of lines
     */
    List<String> logTail(ContainerId id, int lines) throws ReconcileException;

    /**
     * Runs a command in a running container.
     *
     * @return exit code, 126 or 127 when the command can't be run, and the last 4 KiB of output
     * @throws ReconcileException.Transient with reason {@code HealthCheckFailed} if it is not done
     *     within the timeout (the command may go on) or the container does not run
     */
    ExecResult exec(ContainerId id, List<String> command, Duration timeout)
            throws ReconcileException;

    /**
     * Follows the engine's events about the instance's containers until closed; returns when the
     * engine has accepted the subscription, so nothing that happens later is missed. Does not
     * reconnect.
     *
     * @param onEvent called on a thread of the engine, must not block
     * @param onEnd called once when the stream ends for any reason but {@code close}
     */
    Subscription events(String instance, Consumer<EngineEvent> onEvent, Runnable onEnd)
            throws ReconcileException;

    /**
     * The stamps that say who writes for an instance, in no order. They are volumes without data,
     * and none of {@link #volumes}.
     */
    List<Epoch> epochs(String instance) throws ReconcileException;

    /**
     * Stamps an epoch, if none of that number stands: who comes first has it.
     *
     * @return the one of that number that stands now
     */
    Epoch stampEpoch(String instance, Epoch epoch) throws ReconcileException;

    /** Takes a stamp away; one that is gone is no failure. */
    void removeEpoch(String instance, long number) throws ReconcileException;

    /** How a command in a container ended. */
    record ExecResult(int exitCode, String output) {}

    /**
     * Something happened to a container.
     *
     * @param action what may mean that it is not as it should be, or is so again: {@code die},
     *     {@code destroy}, {@code unhealthy}, {@code healthy}, {@code oom}, {@code pause}, {@code
     *     unpause}, {@code rename} or {@code update}; what starts or stops it says {@code die} when
     *     it has an effect
     */
    record EngineEvent(ResourceId app, ContainerId container, String action) {}

    /** A running subscription. */
    interface Subscription extends AutoCloseable {
        /** Ends it; from then on {@code onEnd} is not called. May be called twice. */
        @Override
        void close();
    }
}

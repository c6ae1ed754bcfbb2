package dev.berth.reconciler.status;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.BuildStatus;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.ReleaseStatus;
import dev.berth.schemas.status.ResourceStatus;
import dev.berth.schemas.status.ScheduleStatus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest pass, for everyone who looks. Publishing never blocks and never fails, whatever its
 * listeners do. Thread-safe; readers see one pass whole.
 */
public final class StatusBoard {
    private static final Logger LOG = LoggerFactory.getLogger(StatusBoard.class);

    private final Object publishing = new Object(); // listeners hear in the order of the board
    private final AtomicReference<@Nullable Posting> newest = new AtomicReference<>();
    private final List<Consumer<PassReport>> listeners = new CopyOnWriteArrayList<>();

    /**
     * A pass on the board.
     *
     * @param restored true when it was made before this process started
     */
    public record Posting(PassReport pass, boolean restored) {}

    /** Puts a pass on the board and tells every listener. */
    public void publish(PassReport report) {
        synchronized (publishing) {
            post(report);
        }
    }

    /**
     * Has the newest pass of this process say something else, and tells every listener if that is
     * news. Of a pass that has taken its place meanwhile nothing is lost.
     */
    public void amend(UnaryOperator<PassReport> amendment) {
        synchronized (publishing) {
            Posting posting = newest.get();
            if (posting == null || posting.restored()) {
                return;
            }
            PassReport amended = amendment.apply(posting.pass());
            if (!amended.equals(posting.pass())) {
                post(amended);
            }
        }
    }

    private void post(PassReport report) {
        newest.set(new Posting(report, false));
        for (Consumer<PassReport> listener : listeners) {
            try {
                listener.accept(report);
            } catch (RuntimeException e) {
                LOG.warn("a listener failed on pass {}", report.id(), e);
            }
        }
    }

    /** Puts a pass of an earlier process on the board, unless there is one of this process. */
    public void restore(PassReport report) {
        newest.compareAndSet(null, new Posting(report, true));
    }

    /** What is on the board; {@code null} before anything is. */
    public @Nullable Posting newest() {
        return newest.get();
    }

    /** How every resource stands, ordered by id; empty before the first pass. */
    public List<ResourceStatus> resources() {
        Posting posting = newest.get();
        return posting == null ? List.of() : posting.pass().resources();
    }

    /** How a resource stands; {@code null} when no such resource is known. */
    public @Nullable ResourceStatus resource(ResourceId id) {
        return resources().stream().filter(r -> r.id().equals(id)).findFirst().orElse(null);
    }

    /** What an app can be pinned to, newest first; empty before the first pass of this process. */
    public List<ReleaseStatus> releasesOf(ResourceId app) {
        Posting posting = newest.get();
        return posting == null
                ? List.of()
                : posting.pass().releases().stream().filter(r -> r.app().equals(app)).toList();
    }

    /**
     * How an app's code is built; {@code null} when it has none, and before the first pass of this
     * process.
     */
    public @Nullable BuildStatus buildOf(ResourceId app) {
        Posting posting = newest.get();
        return posting == null
                ? null
                : posting.pass().builds().stream()
                        .filter(b -> b.app().equals(app))
                        .findFirst()
                        .orElse(null);
    }

    /**
     * What pull requests and branches are to apps that have previews, by app; empty before the
     * first pass of this process.
     */
    public List<PreviewStatus> previews() {
        Posting posting = newest.get();
        return posting == null ? List.of() : posting.pass().previews();
    }

    /** What an app runs by the clock; empty before the first pass of this process. */
    public List<ScheduleStatus> schedulesOf(ResourceId app) {
        Posting posting = newest.get();
        return posting == null
                ? List.of()
                : posting.pass().schedules().stream().filter(s -> s.app().equals(app)).toList();
    }

    /**
     * Has a listener told of every pass from now on.
     *
     * @param listener called on the publisher's thread, must not block
     */
    public Subscription subscribe(Consumer<PassReport> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** A running subscription. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}

package dev.berth.proxy.control;

import dev.berth.schemas.Json;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes snapshots from control by long poll, applies them and keeps the last good one on disk, with
 * all certificates that are served, also with those of which control did not tell again. Its thread
 * is virtual, because an interrupt then ends also a wait for control's answer.
 */
final class SnapshotIntake implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotIntake.class);
    private static final Pattern VERSION = Pattern.compile("\"version\"\\s*:\\s*(\\d{1,18})\\b");

    private final ControlClient client;
    private final SnapshotFile file;
    private final Applied applied;
    private final Runnable onTaken;
    private final Runnable onRecovered;
    private final Thread thread;

    /** Held while a snapshot is applied and written: who holds it sees file and edge agree. */
    private final ReentrantLock taking = new ReentrantLock();

    private volatile boolean keeps = true;
    private volatile @Nullable Snapshot served;
    private long seen;

    /**
     * One that is not started.
     *
     * @param onTaken called when a snapshot was applied or refused
     * @param onRecovered called when control answers again
     */
    SnapshotIntake(
            ControlClient client,
            SnapshotFile file,
            Applied applied,
            Runnable onTaken,
            Runnable onRecovered) {
        this.client = client;
        this.file = file;
        this.applied = applied;
        this.onTaken = onTaken;
        this.onRecovered = onRecovered;
        this.thread = Thread.ofVirtual().name("control-poll").unstarted(this::pollAll);
    }

    /** Serves the newest snapshot on disk that can be served. Before {@link #start}. */
    void restore() {
        for (Snapshot kept : file.read()) {
            if (applied.apply(kept)) {
                served = kept;
                seen = kept.version();
                return;
            }
        }
    }

    void start() {
        thread.start();
    }

    /**
     * Takes nothing until {@link #thaw}, which the same thread calls.
     *
     * @return false when it is still taking one after that time
     */
    boolean freeze(Duration atMost) throws InterruptedException {
        return taking.tryLock(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Takes snapshots again. */
    void thaw() {
        taking.unlock();
    }

    /** From now on snapshots are only served: the file is another edge's. */
    void keepNoMore() {
        keeps = false;
    }

    /**
     * The file is ours again, and says what is served, whatever the other one has put there.
     * Between freeze and thaw.
     */
    void keepAgain() {
        keeps = true;
        Snapshot own = served;
        if (own != null) {
            file.write(own);
        }
    }

    /** Why the newest snapshot is not on disk, after another try; {@code null} when it is. */
    @Nullable String problem() {
        if (taking.tryLock()) {
            try {
                if (keeps) {
                    file.retry();
                }
            } finally {
                taking.unlock();
            }
        }
        return file.problem();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void pollAll() {
        LinkState link = new LinkState("taking snapshots");
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Duration wait = poll(link);
                if (wait.isPositive()) {
                    Thread.sleep(wait);
                }
            }
        } catch (InterruptedException e) {
            // the edge stops
        }
    }

    private Duration poll(LinkState link) throws InterruptedException {
        try {
            ControlClient.Answer answer = client.poll(seen);
            switch (answer.status()) {
                case 200 -> {
                    if (!takeAlone(answer.body())) {
                        return link.fails("control sent a snapshot without a version");
                    }
                }
                case 204 -> {}
                case 401, 403 -> {
                    return link.fails("control refuses the token (HTTP 401)");
                }
                default -> {
                    return link.fails("control answered HTTP " + answer.status());
                }
            }
            if (link.works()) {
                onRecovered.run();
            }
            return Duration.ZERO;
        } catch (IOException e) {
            return link.fails("control cannot be reached (" + ControlClient.reason(e) + ")");
        } catch (RuntimeException e) {
            // A bug in taking one snapshot must not end the taking of all that follow.
            LOG.error("a snapshot could not be taken because of a bug in the edge", e);
            return link.fails("failed with " + e);
        }
    }

    private boolean takeAlone(String json) throws InterruptedException {
        taking.lockInterruptibly();
        try {
            return take(json);
        } finally {
            taking.unlock();
        }
    }

    /**
     * Serves a snapshot or refuses it. A refused version counts as seen: asking for it again would
     * bring it again at once.
     *
     * @return false when it does not even say its version
     */
    private boolean take(String json) {
        Snapshot snapshot;
        try {
            snapshot = Json.read(json, Snapshot.class).after(served);
        } catch (IllegalArgumentException e) {
            Matcher version = VERSION.matcher(json);
            boolean known = version.find();
            long refused = known ? Long.parseLong(version.group(1)) : 0;
            applied.reject(refused, String.valueOf(e.getMessage()));
            seen = known ? refused : seen;
            onTaken.run();
            return known;
        }
        seen = snapshot.version();
        if (applied.apply(snapshot)) {
            served = snapshot;
            if (keeps) {
                file.write(snapshot);
            }
        }
        onTaken.run();
        return true;
    }
}

package dev.berth.proxy.handover;

import dev.berth.schemas.Json;
import dev.berth.schemas.edge.EdgeReport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge that is taken over from: gives its sockets, and then tells what is still in flight
 * there. {@link #complete} and {@link #awaitEnd} by any thread, the rest by one.
 */
public final class Predecessor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Predecessor.class);

    /** It may wait for its own predecessor first. */
    private static final Duration OFFER = Duration.ofSeconds(60);

    private static final Duration ANSWER = Duration.ofSeconds(10);

    /** It reports every second. */
    private static final long SILENCE_NANOS = 3_000_000_000L;

    private final Wire wire;
    private final CountDownLatch ended = new CountDownLatch(1);
    private List<String> names = List.of();
    private volatile @Nullable Said last;

    private Predecessor(Wire wire) {
        this.wire = wire;
    }

    private record Said(EdgeReport report, long nanoTime) {}

    /**
     * Connects to the edge that listens there.
     *
     * @throws HandoverException if none does
     */
    public static Predecessor connect(Path socket, EventLoopGroup group) throws HandoverException {
        return new Predecessor(Wire.connect(socket, group));
    }

    /**
     * Asks for its sockets.
     *
     * @return version of the snapshot that it serves, and takes no other until it is told more
     * @throws HandoverException if it refuses
     */
    public long awaitOffer() throws IOException {
        wire.send(Words.HELLO);
        String offer = said(wire.line(OFFER));
        String[] words = offer.split(" ", -1);
        if (!offer.matches("offer [0-9]{1,18}( [a-z0-9-]+)+")) {
            throw new HandoverException("the running edge offers \"%s\"".formatted(offer));
        }
        names = List.of(words).subList(2, words.length);
        return Long.parseLong(words[1]);
    }

    /** Takes the sockets that were offered. */
    public ListeningSockets takeSockets() throws IOException {
        Map<String, FileDescriptor> sockets = new LinkedHashMap<>();
        try {
            wire.expectDescriptors();
            wire.send(Words.READY);
            for (String name : names) {
                sockets.put(name, wire.descriptor(ANSWER));
            }
            wire.expectLines();
            return new ListeningSockets(sockets);
        } catch (IOException e) {
            sockets.values().forEach(ListeningSockets::close);
            throw e;
        }
    }

    /**
     * Tells it that we accept connections; returns when it does no more, and has reported for the
     * first time. One that has died in between has left us alone, which is as good.
     *
     * @param onReport called when there is news of it; must not block
     * @throws HandoverException if it has changed its mind: it serves on, and we must not
     */
    public void takeOver(Runnable onReport) throws HandoverException {
        try {
            wire.send(Words.SERVING);
        } catch (IOException e) {
            LOG.debug("what it said before it closed says why", e);
        }
        String answer;
        try {
            answer = said(wire.line(ANSWER));
        } catch (HandoverException e) {
            if (!wire.atEnd()) {
                throw e;
            }
            LOG.warn("the edge before this one has died while it was replaced");
            ended.countDown();
            return;
        }
        if (!answer.equals(Words.LEAVING)) {
            throw new HandoverException("the running edge says \"%s\"".formatted(answer));
        }
        follow(onReport);
    }

    private void follow(Runnable onReport) throws HandoverException {
        CountDownLatch first = new CountDownLatch(1);
        Thread.ofVirtual()
                .name("predecessor")
                .start(
                        () -> {
                            readReports(
                                    () -> {
                                        first.countDown();
                                        onReport.run();
                                    });
                            first.countDown();
                            onReport.run();
                        });
        awaitFirst(first);
    }

    private static void awaitFirst(CountDownLatch first) throws HandoverException {
        try {
            if (!first.await(ANSWER.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the edge before this one does not say what it has in flight");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HandoverException("stopped while taking over", e);
        }
    }

    private void readReports(Runnable onReport) {
        try {
            while (true) {
                String line = wire.pollLine(ANSWER);
                if (line != null) {
                    last = new Said(Json.read(line, EdgeReport.class), System.nanoTime());
                    onReport.run();
                }
            }
        } catch (HandoverException e) {
            LOG.info("the edge before this one has ended");
        } catch (IllegalArgumentException e) {
            LOG.warn("the edge before this one reports what cannot be read: {}", e.getMessage());
        } finally {
            last = null;
            ended.countDown();
        }
    }

    /** Adds to a report of ours what it still does. */
    public EdgeReport complete(EdgeReport own) {
        Said said = last;
        return said == null
                ? own
                : JointReport.of(
                        own, said.report(), System.nanoTime() - said.nanoTime() < SILENCE_NANOS);
    }

    /** Has it end its streams, and waits until it has ended; whether it has in time. */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        if (ended.getCount() > 0) {
            try {
                wire.send(Words.HURRY);
            } catch (IOException e) {
                LOG.debug("it has just ended", e);
            }
        }
        return ended.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Lets go of it: if it has not left, it serves on. */
    @Override
    public void close() {
        wire.close();
    }

    private static String said(String line) throws HandoverException {
        if (line.startsWith(Words.REFUSED)) {
            throw new HandoverException(
                    "the running edge refuses to be replaced: "
                            + line.substring(Words.REFUSED.length()));
        }
        return line;
    }
}

package dev.berth.bench;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileLoop;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * How long it takes from a commit until the engine is asked for the first container of it, while
 * the release of the commit before waits to be ready, for up to two minutes, or for its image.
 * Other apps are there and well.
 *
 * <p>Arguments: an empty directory to work in, a number of other apps, how often.
 */
public final class PreemptBenchmark {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String NEVER = "/never";

    private final FakeHost host;
    private final ReconcileLoop loop;
    private volatile @Nullable PassReport last;
    private String pushed = "";

    private PreemptBenchmark(FakeHost host) {
        this.host = host;
        this.loop = new ReconcileLoop(host.reconciler, report -> last = report, host.clock);
    }

    /** Prints the rows. */
    public static void main(String[] arguments) throws Exception {
        try (FakeHost host = new FakeHost(Path.of(arguments[0]))) {
            new PreemptBenchmark(host)
                    .run(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        }
    }

    private void run(int others, int times) throws Exception {
        host.engine.withImages("busybox:1");
        host.traffic.answers(PreemptBenchmark::answer);
        for (int i = 0; i < others; i++) {
            host.app("app-" + i, "busybox:1", "/");
        }
        pushed = host.commit("%d apps".formatted(others));
        loop.start();
        awaitServed();
        Samples ready = new Samples();
        Samples pull = new Samples();
        for (int i = 0; i < times; i++) {
            ready.add(whileItGetsReady(i));
            awaitServed();
            pull.add(whileItsImageIsPulled(i));
            awaitServed();
        }
        loop.close();
        String beside = ", beside %d apps".formatted(others);
        Row.judged("New commit while a release gets ready" + beside, ready, LIMIT).print();
        Row.judged("New commit while an image is pulled" + beside, pull, LIMIT).print();
    }

    private static Optional<String> answer(Probe probe) {
        return NEVER.equals(probe.path()) ? Optional.of("HTTP 503") : Optional.empty();
    }

    private Duration whileItGetsReady(int number) throws Exception {
        String image = "never:" + number;
        host.engine.withImages(image);
        CountDownLatch started = new CountDownLatch(1);
        host.engine.faults().afterNext(EngineCall.START, _ -> started.countDown());
        push(image, NEVER);
        await(started);
        return untilItsContainerIsMade("ready:" + number);
    }

    private Duration whileItsImageIsPulled(int number) throws Exception {
        String image = "slow:" + number;
        CountDownLatch pulled = new CountDownLatch(1);
        host.engine.withRegistryImage(image, new ImageBehaviour.Runs());
        host.engine
                .faults()
                .beforeNext(
                        EngineCall.PULL,
                        _ -> {
                            pulled.countDown();
                            waitUntilInterrupted();
                        });
        push(image, "/");
        await(pulled);
        return untilItsContainerIsMade("pulled:" + number);
    }

    private Duration untilItsContainerIsMade(String image) throws Exception {
        host.engine.withImages(image);
        CountDownLatch made = new CountDownLatch(1);
        host.engine.faults().beforeNext(EngineCall.CREATE, _ -> made.countDown());
        push(image, "/");
        long begin = System.nanoTime();
        await(made);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private void push(String image, String probed) throws Exception {
        host.app("shop", image, probed);
        pushed = host.commit(image);
        loop.wake(new Trigger.RepoChanged("the config repo"));
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("nothing happened within " + PATIENCE);
        }
    }

    private static void waitUntilInterrupted() throws ReconcileException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReconcileException.Transient(ReasonCode.Superseded, "interrupted", e);
        }
    }

    /** Until the newest commit is served and nothing is left to do. */
    private void awaitServed() {
        Awaitility.await("the newest commit is served").atMost(PATIENCE).until(() -> settled(last));
    }

    private boolean settled(@Nullable PassReport report) {
        return report != null
                && report.revision().endsWith(pushed)
                && report.resources().stream().allMatch(PreemptBenchmark::ready);
    }

    private static boolean ready(ResourceStatus status) {
        Condition ready = status.condition(ConditionType.Ready);
        return ready != null && ready.status() == Condition.Status.True;
    }
}

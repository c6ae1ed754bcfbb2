package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.notify.Outbox;
import dev.berth.reconciler.notify.OutboxFiles;
import dev.berth.reconciler.notify.Sender;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.status.PassReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is to be told, and whether they can be: Berth does the same to the engine. */
final class SideEffectsNeverBlockDeploysTest {
    private static final String ALERT =
            """

            ---
            apiVersion: berth/v1
            kind: Alert
            metadata: {name: ops}
            spec: {slack: {url: {fromFile: slack-url}}}
            """;

    @TempDir Path directory;
    private final AtomicInteger tries = new AtomicInteger();

    @Test
    void deploys_deadEndpoint_areTheSame() throws Exception {
        Sender dead =
                (_, _) -> {
                    tries.incrementAndGet();
                    throw new IOException("the endpoint answered 503");
                };

        assertThat(deploys("dead", dead)).isEqualTo(deploysUntold());
        assertThat(tries.get()).as("somebody was to be told").isPositive();
    }

    @Test
    void deploys_endpointThatNeverAnswers_areTheSame() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Sender hanging =
                (_, _) -> {
                    tries.incrementAndGet();
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                };

        assertThat(deploys("hanging", hanging)).isEqualTo(deploysUntold());
        assertThat(tries.get()).as("somebody was to be told").isPositive();
    }

    @Test
    void deploys_outboxThatCanNotBeWritten_areTheSame() throws Exception {
        Files.writeString(directory.resolve("outbox"), "where a directory should be");

        assertThat(deploys("full", (_, _) -> tries.incrementAndGet())).isEqualTo(deploysUntold());
        assertThat(tries.get()).as("it is told from memory").isPositive();
    }

    private List<String> deploysUntold() throws Exception {
        return deploys(new Spine(directory.resolve("untold")), "", _ -> {});
    }

    private List<String> deploys(String name, Sender sender) throws Exception {
        Spine spine = new Spine(directory.resolve(name));
        try (Outbox outbox =
                new Outbox(
                        new OutboxFiles(directory.resolve("outbox")),
                        spine.reconciler::watch,
                        sender,
                        new Backoff(Duration.ofMillis(10), Duration.ofMillis(50), new Random(1)),
                        Clockwork.system())) {
            outbox.start();
            List<String> journal = deploys(spine, ALERT, outbox::offer);
            await().atMost(Duration.ofSeconds(20)).until(() -> tries.get() > 0);
            return journal;
        }
    }

    /**
     * A release that serves, one that can't, one that mends it, one that can't; what was called.
     */
    private static List<String> deploys(Spine spine, String more, Consumer<PassReport> told)
            throws Exception {
        spine.engine.withImages("shop:1", "shop:2");
        spine.commit(1, "{image: 'shop:1', port: 80}" + more);
        told.accept(spine.reconciler.reconcile(new Trigger.Started()));
        spine.commit(2, "{image: 'shop:none', port: 80}" + more);
        told.accept(spine.reconciler.reconcile(new Trigger.Poll()));
        told.accept(spine.reconciler.reconcile(new Trigger.RetryDue()));
        spine.commit(3, "{image: 'shop:2', port: 80}" + more);
        told.accept(spine.reconciler.reconcile(new Trigger.Poll()));
        spine.commit(4, "{image: 'shop:none', port: 80}" + more);
        told.accept(spine.reconciler.reconcile(new Trigger.Poll()));
        return spine.engine.journal().stream()
                .map(Object::toString)
                .map(SideEffectsNeverBlockDeploysTest::withoutIds)
                .toList();
    }

    /** Ids are random; what is called and of which app and process is not. */
    private static String withoutIds(String call) {
        return call.replaceAll("[0-9a-f]{8,}", "#");
    }
}

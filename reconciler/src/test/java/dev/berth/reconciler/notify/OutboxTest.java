package dev.berth.reconciler.notify;

import static dev.berth.reconciler.notify.Samples.SHOP;
import static dev.berth.reconciler.notify.Samples.failing;
import static dev.berth.reconciler.notify.Samples.pass;
import static dev.berth.reconciler.notify.Samples.ready;
import static dev.berth.reconciler.notify.Samples.slack;
import static dev.berth.reconciler.notify.Samples.watch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutboxTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path directory;
    private final ShiftedClockwork clock = new ShiftedClockwork();
    private final AtomicReference<@Nullable Watch> watch =
            new AtomicReference<>(watch(slack("ops", List.of())));
    private final List<Outbox> started = new ArrayList<>();
    private Path box = Path.of("");
    private Instant since = Instant.EPOCH;
    private FaultyStore disk = new FaultyStore(new OutboxFiles(Path.of("unused")));

    @BeforeEach
    void prepare() {
        box = directory.resolve("outbox");
        since = clock.instant();
        disk = new FaultyStore(new OutboxFiles(box));
    }

    @AfterEach
    void closeAll() {
        started.forEach(Outbox::close);
    }

    @Test
    void offer_failure_isSentOnceAndLeavesNoFile() throws Exception {
        Postbox postbox = new Postbox();
        Outbox outbox = start(postbox);

        outbox.offer(failingShop());
        outbox.offer(failingShop());

        await().atMost(PATIENCE).until(() -> outbox.counts().sent() == 1);
        outbox.offer(failingShop());
        assertThat(postbox.taken).hasSize(1);
        await().atMost(PATIENCE).until(() -> files().isEmpty());
    }

    @Test
    void offer_recovered_isSentAfterAMinute() {
        Postbox postbox = new Postbox();
        Outbox outbox = start(postbox);
        outbox.offer(failingShop());
        await().atMost(PATIENCE).until(() -> postbox.taken.size() == 1);

        PassReport well = pass(ready(SHOP, clock.instant()));
        outbox.offer(well);
        clock.pass(Duration.ofSeconds(61));
        outbox.offer(well);

        await().atMost(PATIENCE).until(() -> postbox.taken.size() == 2);
        assertThat(postbox.taken)
                .extracting(Message::type)
                .containsExactly(Message.Type.Failing, Message.Type.Recovered);
    }

    @Test
    void crash_betweenWriteAndSend_isSentByTheNextProcess() throws Exception {
        Postbox hanging = new Postbox().hang();
        Outbox first = start(hanging);
        first.offer(failingShop());
        await().atMost(PATIENCE).until(() -> hanging.tries.get() == 1 && toldIsKept());
        String kept = files().getFirst();
        first.close();

        Postbox postbox = new Postbox();
        Outbox next = start(postbox);

        await().atMost(PATIENCE).until(() -> next.counts().sent() == 1);
        assertThat(postbox.taken.getFirst().id() + ".json").isEqualTo(kept);
        next.offer(failingShop());
        next.offer(failingShop());
        await().atMost(PATIENCE).until(() -> files().isEmpty());
        assertThat(postbox.taken).hasSize(1);
    }

    @Test
    void crash_betweenMessageAndThatItWasTold_isOneMessage() throws Exception {
        disk.fullForTold = true;
        Postbox hanging = new Postbox().hang();
        Outbox first = start(hanging);
        first.offer(failingShop());
        await().atMost(PATIENCE).until(() -> hanging.tries.get() == 1);
        first.close();
        assertThat(files()).hasSize(1);
        assertThat(toldIsKept()).isFalse();

        disk.fullForTold = false;
        Postbox postbox = new Postbox();
        Outbox next = new Outbox(disk, watch::get, postbox, backoff(), clock);
        started.add(next);
        next.offer(failingShop()); // planned anew, and restored as well
        next.start();

        await().atMost(PATIENCE).until(() -> toldIsKept() && files().isEmpty());
        assertThat(postbox.taken).hasSize(1);
    }

    @Test
    void crash_beforeAnythingWasWritten_isPlannedByTheNextProcess() {
        Outbox first = new Outbox(disk, watch::get, new Postbox(), backoff(), clock);
        first.offer(failingShop());
        first.close();

        Postbox postbox = new Postbox();
        start(postbox).offer(failingShop());

        await().atMost(PATIENCE).until(() -> postbox.taken.size() == 1);
    }

    @Test
    void endpoint_dead_isTriedAgainUntilItAnswers() {
        Postbox postbox = new Postbox().refuse("shop");
        Outbox outbox = start(postbox);
        outbox.offer(failingShop());
        await().atMost(PATIENCE).until(() -> outbox.counts().failures() >= 3);
        assertThat(outbox.counts().waiting()).isOne();

        postbox.refuse("");

        await().atMost(PATIENCE).until(() -> outbox.counts().sent() == 1);
        assertThat(outbox.counts().waiting()).isZero();
    }

    @Test
    void endpoint_deadForADay_isGivenUp() {
        Postbox postbox = new Postbox().refuse("shop");
        Outbox outbox = start(postbox);
        outbox.offer(failingShop());
        await().atMost(PATIENCE).until(() -> outbox.counts().failures() >= 1);
        watch.set(watch(slack("ops", List.of(), "domain/*"))); // nothing new
        clock.pass(Duration.ofHours(23));
        outbox.offer(failingShop());
        assertThat(outbox.counts().givenUp()).isZero();

        clock.pass(Duration.ofHours(1));
        outbox.offer(failingShop());

        await().atMost(PATIENCE).until(() -> outbox.counts().givenUp() == 1);
        assertThat(outbox.counts().waiting()).isZero();
        await().atMost(PATIENCE).until(() -> files().isEmpty());
    }

    @Test
    void endpoint_dead_othersGetTheirs() {
        watch.set(watch(slack("dead", List.of()), slack("ops", List.of())));
        Postbox postbox = new Postbox().refuse("dead");
        Outbox outbox = start(postbox);

        outbox.offer(failingShop());

        await().atMost(PATIENCE).until(() -> postbox.taken.size() == 1);
        assertThat(postbox.taken.getFirst().alert()).isEqualTo("ops");
    }

    @Test
    void endpoint_refusesOneResource_othersGetThrough() {
        Postbox postbox = new Postbox().refuse("bad");
        Outbox outbox = start(postbox);

        outbox.offer(
                pass(
                        failing(ResourceId.app("bad"), ReasonCode.StartFailed, since),
                        failing(SHOP, ReasonCode.StartFailed, since)));

        await().atMost(PATIENCE).until(() -> postbox.taken.size() == 1);
        assertThat(postbox.taken.getFirst().resource()).isEqualTo(SHOP);
    }

    @Test
    void disk_full_sendsFromMemoryAndKeepsWhatWaitsOnceThereIsSpace() throws Exception {
        disk.fullForMessages = true;
        Postbox postbox = new Postbox().refuse("bad");
        Outbox outbox = start(postbox);
        outbox.offer(
                pass(
                        failing(ResourceId.app("bad"), ReasonCode.StartFailed, since),
                        failing(SHOP, ReasonCode.StartFailed, since)));

        await().atMost(PATIENCE).until(() -> postbox.taken.size() == 1);
        assertThat(files()).isEmpty();
        assertThat(toldIsKept()).as("a crash now must plan it again").isFalse();

        disk.fullForMessages = false;
        await().atMost(PATIENCE).until(() -> files().size() == 1 && toldIsKept());
    }

    @Test
    void disk_full_keepsAThousandInMemoryTheNewestOfThem() {
        disk.fullForMessages = true;
        Outbox outbox = start(new Postbox().refuse("app"));
        outbox.offer(pass(failingApps(0, 800)));
        await().atMost(PATIENCE).until(() -> outbox.counts().waiting() == 800);
        clock.pass(Duration.ofSeconds(1));

        outbox.offer(pass(failingApps(0, 1200)));

        await().atMost(PATIENCE).until(() -> outbox.counts().givenUp() > 0);
        assertThat(outbox.counts().waiting())
                .isBetween(Delivery.MOST_UNKEPT, Delivery.MOST_UNKEPT + 1);
    }

    @Test
    void offer_whileAllHangs_doesNotWait() {
        Outbox outbox = start(new Postbox().hang());
        long begin = clock.nanos();

        for (int i = 0; i < 10_000; i++) {
            outbox.offer(failingShop());
        }

        assertThat(Duration.ofNanos(clock.nanos() - begin)).isLessThan(Duration.ofSeconds(5));
        await().atMost(PATIENCE).until(() -> outbox.counts().waiting() == 1);
    }

    @Test
    void alert_goneFromTheConfig_takesItsMessagesAlong() {
        Outbox outbox = start(new Postbox().refuse("shop"));
        outbox.offer(failingShop());
        await().atMost(PATIENCE).until(() -> outbox.counts().waiting() == 1);

        watch.set(watch());
        outbox.offer(failingShop());

        await().atMost(PATIENCE).until(() -> outbox.counts().waiting() == 0 && files().isEmpty());
        assertThat(outbox.counts().givenUp()).isZero();
    }

    @Test
    void config_notReadYet_waits() {
        watch.set(null);
        Postbox postbox = new Postbox();
        Outbox outbox = start(postbox);
        outbox.offer(failingShop());
        assertThat(outbox.counts().waiting()).isZero();

        watch.set(watch(slack("ops", List.of())));
        outbox.offer(failingShop());

        await().atMost(PATIENCE).until(() -> postbox.taken.size() == 1);
    }

    @Test
    void files_thatAreNone_holdUpNothing() throws Exception {
        Files.createDirectories(box.resolve("messages"));
        Files.writeString(box.resolve("messages/broken.json"), "{\"id\": ");
        Files.writeString(box.resolve("told.json"), "no JSON");
        Postbox postbox = new Postbox();

        start(postbox).offer(failingShop());

        await().atMost(PATIENCE).until(() -> postbox.taken.size() == 1);
    }

    @Test
    void files_ofWhichOneIsNoText_hideNoOther() throws Exception {
        Postbox hanging = new Postbox().hang();
        Outbox first = start(hanging);
        first.offer(failingShop());
        await().atMost(PATIENCE).until(() -> hanging.tries.get() == 1 && toldIsKept());
        first.close();
        Files.write(box.resolve("messages/broken.json"), new byte[] {(byte) 0xff});
        Postbox postbox = new Postbox();

        start(postbox);

        await().atMost(PATIENCE).until(() -> postbox.taken.size() == 1);
    }

    private Outbox start(Sender sender) {
        Outbox outbox = new Outbox(disk, watch::get, sender, backoff(), clock);
        started.add(outbox);
        outbox.start();
        return outbox;
    }

    private static Backoff backoff() {
        return new Backoff(Duration.ofMillis(20), Duration.ofMillis(100), new Random(1));
    }

    private PassReport failingShop() {
        return pass(failing(SHOP, ReasonCode.HealthCheckFailed, since));
    }

    private ResourceStatus[] failingApps(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> ResourceId.app("app" + i))
                .map(id -> failing(id, ReasonCode.StartFailed, since))
                .toArray(ResourceStatus[]::new);
    }

    private boolean toldIsKept() {
        return Files.exists(box.resolve("told.json"));
    }

    private List<String> files() throws IOException {
        Path messages = box.resolve("messages");
        if (!Files.exists(messages)) {
            return List.of();
        }
        try (Stream<Path> listed = Files.list(messages)) {
            return listed.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}

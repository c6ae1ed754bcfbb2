package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.status.PassReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HistoryWriterTest {
    private static final HistoryWriter.Settings QUICK =
            new HistoryWriter.Settings(
                    3, Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofDays(90));

    private final InMemoryPassHistory history = new InMemoryPassHistory();
    private final List<PassReport> restored = new CopyOnWriteArrayList<>();
    private HistoryWriter writer = writerAt(SamplePasses.START);

    @AfterEach
    void stop() {
        writer.close();
    }

    @Test
    void offer_historyAvailable_isWritten() throws Exception {
        writer.start();

        writer.offer(SamplePasses.pass(1));

        awaitNewest("p-00001");
        assertThat(writer.failure()).isNull();
    }

    @Test
    void offer_historyDown_isWrittenWhenItIsBack() throws Exception {
        history.fail("The database can't be used: refused");
        writer.start();
        writer.offer(SamplePasses.pass(1));
        writer.offer(SamplePasses.pass(2));
        await().until(() -> "The database can't be used: refused".equals(writer.failure()));

        history.fail(null);

        awaitNewest("p-00002");
        assertThat(history.pass("p-00001")).isPresent();
        assertThat(writer.failure()).isNull();
    }

    @Test
    void offer_oneThatTheDatabaseRefuses_isLeftOutAndTheNextAreWritten() throws Exception {
        history.refuse("p-00001");
        writer.start();
        writer.offer(SamplePasses.pass(1));
        writer.offer(SamplePasses.pass(2));

        awaitNewest("p-00002");
        assertThat(history.pass("p-00001")).isEmpty();
        assertThat(writer.dropped()).isEqualTo(1);
        await().until(() -> writer.failure() == null);
    }

    @Test
    void offer_queueFull_dropsTheOldestNeverTheNewest() throws Exception {
        history.fail("down");
        SamplePasses.passes(10).forEach(writer::offer);

        assertThat(writer.queued()).isEqualTo(3);
        assertThat(writer.dropped()).isEqualTo(7);
        history.fail(null);
        writer.start();
        awaitNewest("p-00010");
        assertThat(history.pass("p-00007")).isEmpty();
    }

    @Test
    void offer_quietPass_isNotWritten() throws Exception {
        writer.start();
        writer.offer(SamplePasses.pass(1));
        writer.offer(SamplePasses.pass(2, List.of(), SamplePasses.pass(1).resources()));
        writer.offer(SamplePasses.pass(3));

        awaitNewest("p-00003");
        assertThat(history.pass("p-00002")).isEmpty();
    }

    @Test
    void start_historyHasPasses_handsTheNewestOn() throws Exception {
        history.record(SamplePasses.pass(1));
        history.record(SamplePasses.pass(2));

        writer.start();

        await().until(() -> !restored.isEmpty());
        assertThat(restored).containsExactly(SamplePasses.pass(2));
    }

    @Test
    void close_passesWaiting_writesThemFirst() throws Exception {
        writer.start();
        await().until(() -> writer.failure() == null);
        SamplePasses.passes(3).forEach(writer::offer);

        writer.close();

        assertThat(history.passes(null, 10).items()).hasSize(3);
    }

    @Test
    void close_historyDown_returnsSoon() {
        history.fail("down");
        writer.start();
        writer.offer(SamplePasses.pass(1));

        Instant before = Instant.now();
        writer.close();

        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void write_oldPasses_areForgotten() throws Exception {
        history.record(SamplePasses.pass(1));
        writer = writerAt(SamplePasses.START.plus(Duration.ofDays(91)));
        writer.start();

        writer.offer(SamplePasses.pass(2));

        await().until(() -> history.pass("p-00001").isEmpty());
    }

    private HistoryWriter writerAt(Instant now) {
        return new HistoryWriter(history, QUICK, InstantSource.fixed(now), restored::add);
    }

    private void awaitNewest(String id) {
        await().until(() -> history.pass(id).isPresent());
    }
}

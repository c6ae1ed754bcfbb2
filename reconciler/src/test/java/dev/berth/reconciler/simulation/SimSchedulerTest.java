package dev.berth.reconciler.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.clockwork.Clockwork.Bell;
import dev.berth.reconciler.simulation.SimScheduler.SimProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("simulation")
class SimSchedulerTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final SimScheduler scheduler = new SimScheduler(new Random(1));
    private final SimProcess process = scheduler.process("p");
    private final SimClockwork clockwork = new SimClockwork(scheduler, process);
    private final List<String> said = new ArrayList<>();

    @Test
    void run_sameSeed_sameOrder() {
        Set<String> traces = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            String trace = trace(seed);
            assertThat(trace(seed)).as("seed " + seed).isEqualTo(trace);
            traces.add(trace);
        }
        assertThat(traces).hasSizeGreaterThan(40);
    }

    @Test
    void sleep_anHour_takesVirtualTimeOnly() {
        clockwork.start("a", () -> sleepAndSay(Duration.ofMinutes(50), "a"));
        clockwork.start("b", () -> sleepAndSay(Duration.ofMinutes(10), "b"));
        run(Duration.ofMinutes(20));
        assertThat(said).containsExactly("b");
        assertThat(scheduler.nanos()).isEqualTo(Duration.ofMinutes(20).toNanos());

        run(LONG);
        assertThat(said).containsExactly("b", "a");
    }

    @Test
    void jump_wallClockMoves_waitsDoNot() {
        clockwork.start("a", () -> sleepAndSay(Duration.ofMinutes(1), "a"));
        clockwork.jump(Duration.ofDays(-1));
        run(Duration.ofMinutes(2));

        assertThat(said).containsExactly("a");
        assertThat(clockwork.instant()).hasToString("2025-12-31T00:02:00Z");
    }

    @Test
    void interrupt_sleeper_wakesAtOnce() {
        Thread sleeper = clockwork.start("a", () -> sleepAndSay(LONG, "a"));
        run(Duration.ofSeconds(1));
        sleeper.interrupt();
        run(Duration.ofSeconds(1));

        assertThat(said).containsExactly("interrupted");
        assertThat(sleeper.isAlive()).isFalse();
    }

    @Test
    void bell_rungBeforeAndMeanwhile_isHeardOnceEach() {
        Bell bell = clockwork.bell();
        bell.ring();
        bell.ring();
        clockwork.start("hears", () -> hear(bell, 3));
        run(Duration.ofSeconds(1));
        assertThat(said).containsExactly("true");

        bell.ring();
        run(Duration.ofSeconds(1));
        assertThat(said).containsExactly("true", "true");

        run(LONG);
        assertThat(said).containsExactly("true", "true", "false");
    }

    @Test
    void kill_whileItWaitsOrIsReady_nothingOfItIsDone() {
        Thread waits = clockwork.start("waits", () -> finallySay(Duration.ofSeconds(10)));
        Thread other =
                scheduler
                        .process("q")
                        .start(
                                "other",
                                () -> {
                                    SimScheduler.yieldPoint();
                                    said.add("other");
                                });
        run(Duration.ofSeconds(1));
        process.kill();
        run(LONG);

        assertThat(said).containsExactly("other");
        assertThat(waits.isAlive()).isTrue();
        assertThat(other.isAlive()).isFalse();
    }

    @Test
    void run_threadSleepsForReal_isFoundOut() {
        clockwork.start(
                "cheats",
                () -> {
                    try {
                        Thread.sleep(20);
                    } catch (InterruptedException e) {
                        said.add("interrupted");
                    }
                });
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 5000; i++) {
                                run(LONG);
                                Thread.sleep(1);
                            }
                        })
                .hasMessageContaining("woken from outside");
    }

    private String trace(int seed) {
        SimScheduler own = new SimScheduler(new Random(seed));
        SimProcess all = own.process("p");
        StringBuilder trace = new StringBuilder();
        ReentrantLock lock = new ReentrantLock();
        BlockingQueue<Integer> done = new LinkedBlockingQueue<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            all.start(
                    "t" + i,
                    () -> {
                        for (int turn = 0; turn < 5; turn++) {
                            trace.append(number);
                            lock.lock();
                            try {
                                SimScheduler.yieldPoint();
                            } finally {
                                lock.unlock();
                            }
                        }
                        done.add(number);
                    });
        }
        own.run(LONG, () -> {});
        return trace.append(done).toString();
    }

    private void run(Duration time) {
        scheduler.run(time, () -> {});
    }

    private void sleepAndSay(Duration time, String word) {
        try {
            clockwork.sleep(time);
            said.add(word);
        } catch (InterruptedException e) {
            said.add("interrupted");
        }
    }

    private void hear(Bell bell, int times) {
        try {
            for (int i = 0; i < times; i++) {
                said.add(String.valueOf(bell.await(Duration.ofMinutes(5))));
            }
        } catch (InterruptedException e) {
            said.add("interrupted");
        }
    }

    private void finallySay(Duration time) {
        try {
            clockwork.sleep(time);
        } catch (InterruptedException e) {
            said.add("interrupted");
        } finally {
            said.add("finally");
        }
    }
}

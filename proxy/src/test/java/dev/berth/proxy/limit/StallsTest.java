package dev.berth.proxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class StallsTest {
    private static final long KIB = 1024;

    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final List<String> gone = new ArrayList<>();
    private final UnreadBudget budget = new UnreadBudget(100 * KIB);
    private final Stalls stalls = new Stalls(loop::add, budget);

    @Test
    void begins_withinTheBudget_nobodyGoes() {
        stall("a", "a1", 40 * KIB);
        Stalls.Stall second = stall("b", "b1", 40 * KIB);
        second.begins(50 * KIB);
        run();

        assertThat(gone).isEmpty();
        assertThat(budget.taken()).isBetween(90 * KIB, 100 * KIB);
    }

    @Test
    void begins_tooMuch_theGreediestClientsLongestGoes() {
        stall("b", "b1", 20 * KIB);
        stall("a", "a1", 30 * KIB);
        stall("a", "a2", 30 * KIB);
        stall("a", "a3", 30 * KIB);
        run();

        assertThat(gone).containsExactly("a1");
        assertThat(budget.givenUp()).isEqualTo(1);
    }

    @Test
    void ends_whoTookAgain_isBehindTheOthers() {
        Stalls.Stall pauses = stall("a", "a1", 20 * KIB);
        stall("a", "a2", 20 * KIB);
        pauses.ends();
        pauses.begins(20 * KIB);
        stall("a", "a3", 50 * KIB);
        run();

        assertThat(gone).containsExactly("a2");
    }

    @Test
    void ends_all_nothingIsTaken() {
        List<Stalls.Stall> all =
                List.of(stall("a", "a1", KIB), stall("a", "a2", KIB), stall("b", "b1", 0));
        all.get(1).ends();
        all.get(0).ends();
        all.get(2).ends();
        all.get(2).ends();

        assertThat(budget.taken()).isZero();
    }

    @Test
    void begins_tooMuchOnAnotherLoop_onlyWhoIsAboveItsShareLoses() {
        Queue<Runnable> otherLoop = new ArrayDeque<>();
        Stalls other = new Stalls(otherLoop::add, budget);
        stall("a", "a1", 20 * KIB);
        other.of("b", () -> gone.add("b1")).begins(60 * KIB);
        other.of("b", () -> gone.add("b2")).begins(30 * KIB);
        run();
        otherLoop.forEach(Runnable::run);

        assertThat(gone).containsExactly("b1");
    }

    @Test
    void keeps_takenMeanwhile_isCountedAgainBeforeAnybodyGoes() {
        EmbeddedChannel takes = written(30);
        EmbeddedChannel takesNothing = written(50);
        stalls.of("a", () -> gone.add("a1")).keeps(takes);
        stalls.of("b", () -> gone.add("b1")).keeps(takesNothing);
        takes.flush();
        stall("c", "c1", 40 * KIB);
        run();

        assertThat(gone).isEmpty();
        assertThat(budget.taken()).isBetween(90 * KIB, 100 * KIB);
        takes.finishAndReleaseAll();
        takesNothing.finishAndReleaseAll();
    }

    @Test
    void keeps_whoMovesOn_isBehindWhoStandsStill() {
        EmbeddedChannel moves = written(30);
        Stalls.Stall download = stalls.of("a", () -> gone.add("a1"));
        download.begins(moves);
        stall("a", "a2", 30 * KIB);
        download.keeps(moves);
        stall("a", "a3", 50 * KIB);
        run();

        assertThat(gone).containsExactly("a2");
        moves.finishAndReleaseAll();
    }

    @Test
    void begins_littleAtARecount_staysCounted() {
        EmbeddedChannel stands = written(10);
        stalls.of("a", () -> gone.add("a1")).begins(stands);
        stall("b", "b1", 200 * KIB);
        run();
        var _ = stands.write(Unpooled.wrappedBuffer(new byte[60 * (int) KIB]));
        stall("c", "c1", 95 * KIB);
        run();

        assertThat(gone).containsExactly("b1", "c1");
        assertThat(budget.taken()).isBetween(70 * KIB, 80 * KIB);
        stands.finishAndReleaseAll();
    }

    @Test
    void keeps_little_isNotCounted() {
        EmbeddedChannel channel = written(10);
        Stalls.Stall stall = stalls.of("a", () -> gone.add("a1"));
        stall.keeps(channel);
        assertThat(budget.taken()).isZero();

        var _ = channel.write(Unpooled.wrappedBuffer(new byte[20 * (int) KIB]));
        stall.keeps(channel);
        assertThat(budget.taken()).isGreaterThan(20 * KIB);

        channel.flush();
        stall.keeps(channel);
        assertThat(budget.taken()).isZero();
        channel.finishAndReleaseAll();
    }

    /** A channel that was written to, without a flush. */
    private static EmbeddedChannel written(int kib) {
        EmbeddedChannel channel = new EmbeddedChannel();
        var _ = channel.write(Unpooled.wrappedBuffer(new byte[kib * (int) KIB]));
        return channel;
    }

    private Stalls.Stall stall(String client, String name, long bytes) {
        Stalls.Stall stall = stalls.of(client, () -> gone.add(name));
        stall.begins(bytes);
        return stall;
    }

    private void run() {
        for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
            task.run();
        }
    }
}

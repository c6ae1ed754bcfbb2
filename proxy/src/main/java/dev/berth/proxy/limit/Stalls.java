package dev.berth.proxy.limit;

import io.netty.channel.Channel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The receivers of one event loop that take nothing for now, in the order in which they stopped.
 * When the process keeps too much for all of them, the client that most is kept for loses the one
 * that has stood still for longest, and so on until there is room: it would have met its deadline
 * anyway. Who only pauses is behind it in the queue. Confined to the loop, but for being told that
 * there is too much.
 */
public final class Stalls {
    /** What a connection or stream costs beside its bytes, roughly. */
    private static final int OVERHEAD = 4096;

    private static final int UNCOUNTED = 16 * 1024;

    private final Executor loop;
    private final UnreadBudget budget;
    private final AtomicBoolean shedding = new AtomicBoolean();
    private @Nullable Stall first;
    private @Nullable Stall last;
    private long kept;

    /** Nobody stands still. */
    public Stalls(Executor loop, UnreadBudget budget) {
        this.loop = loop;
        this.budget = budget;
        budget.join(this);
    }

    /** Bytes that were written to a channel and not taken from it. */
    public static long pending(Channel channel) {
        return channel.isWritable()
                ? channel.config().getWriteBufferHighWaterMark()
                        - channel.bytesBeforeUnwritable()
                        + 1
                : channel.config().getWriteBufferLowWaterMark() + channel.bytesBeforeWritable();
    }

    /**
     * A receiver that takes what it is sent, so far.
     *
     * @param client whose it is, by address
     * @param onGivenUp called on the loop when it has to end
     */
    public Stall of(String client, Runnable onGivenUp) {
        return new Stall(client, onGivenUp);
    }

    /** Looks soon whether somebody has to go. Thread-safe. */
    void shedSoon() {
        if (shedding.compareAndSet(false, true)) {
            loop.execute(this::shed);
        }
    }

    private void shed() {
        shedding.set(false);
        countAgain();
        while (budget.spent() && kept > budget.share()) {
            Stall chosen = longestOfTheGreediest();
            if (chosen == null) {
                return;
            }
            chosen.ends();
            budget.countGivenUp();
            chosen.onGivenUp.run();
        }
    }

    /** What was taken meanwhile without a word, below the mark that stops a channel. */
    private void countAgain() {
        Stall next;
        for (Stall stall = first; stall != null; stall = next) {
            next = stall.next;
            if (stall.measure != null) {
                stall.countAgain(stall.measure);
            }
        }
    }

    private @Nullable Stall longestOfTheGreediest() {
        Map<String, Long> byClient = new HashMap<>();
        for (Stall stall = first; stall != null; stall = stall.next) {
            byClient.merge(stall.client, stall.bytes, Long::sum);
        }
        long most = byClient.values().stream().mapToLong(Long::longValue).max().orElse(0);
        Stall stall = first;
        while (stall != null && byClient.getOrDefault(stall.client, 0L) < most) {
            stall = stall.next;
        }
        return stall;
    }

    /** One receiver. Confined to the loop. */
    public final class Stall {
        private final String client;
        private final Runnable onGivenUp;
        private @Nullable Stall previous;
        private @Nullable Stall next;
        private @Nullable LongSupplier measure;
        private boolean takes;
        private long bytes;

        private Stall(String client, Runnable onGivenUp) {
            this.client = client;
            this.onGivenUp = onGivenUp;
        }

        /** It takes nothing of what was written to its channel. */
        public void begins(Channel receiving) {
            begins(() -> pending(receiving));
        }

        /** The same for what tells itself how many bytes wait. */
        public void begins(LongSupplier waiting) {
            begins(waiting.getAsLong());
            measure = waiting;
        }

        private void countAgain(LongSupplier waiting) {
            long now = waiting.getAsLong();
            if (takes && now <= UNCOUNTED) {
                ends();
            } else {
                count(now);
            }
        }

        /**
         * What was written to its channel is kept while something else is waited for. It counts
         * from {@value #UNCOUNTED} bytes on: of most answers less is on its way at any moment. It
         * takes something, so it is behind all that stand still.
         */
        public void keeps(Channel receiving) {
            keeps(() -> pending(receiving));
        }

        /** The same for what tells itself how many bytes wait. */
        public void keeps(LongSupplier waiting) {
            ends();
            if (waiting.getAsLong() > UNCOUNTED) {
                begins(waiting);
                takes = true;
            }
        }

        /** It takes nothing; so many bytes wait for it. Once more only changes the number. */
        public void begins(long waiting) {
            measure = null;
            takes = false;
            count(waiting);
        }

        private void count(long waiting) {
            long before = bytes;
            bytes = Math.max(0, waiting) + OVERHEAD;
            if (before == 0) {
                append(this);
            }
            kept += bytes - before;
            budget.add(bytes - before);
        }

        /** It takes again, or is gone. */
        public void ends() {
            if (bytes > 0) {
                remove(this);
                kept -= bytes;
                budget.add(-bytes);
                bytes = 0;
            }
        }
    }

    private void append(Stall stall) {
        stall.previous = last;
        if (last == null) {
            first = stall;
        } else {
            last.next = stall;
        }
        last = stall;
    }

    private void remove(Stall stall) {
        Stall before = stall.previous;
        Stall after = stall.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        stall.previous = null;
        stall.next = null;
    }
}

package dev.berth.proxy.flush;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * The channels of one event loop with something to flush at the end of its turn: after all sockets
 * that were ready, or a good number of them, have been read. Confined to the loop.
 */
public final class Turn implements Runnable {
    /** So many wait; the first of them must not wait for long. */
    private static final int MOST = 64;

    private final EventLoop loop;
    private final List<TurnFlush> waiting = new ArrayList<>(MOST);
    private boolean scheduled;

    /** Nothing waits. */
    public Turn(EventLoop loop) {
        this.loop = loop;
    }

    void add(TurnFlush channel) {
        waiting.add(channel);
        if (!scheduled) {
            scheduled = true;
            loop.execute(this);
        } else if (waiting.size() == MOST) {
            flushAll();
        }
    }

    /** The end of the turn. */
    @Override
    public void run() {
        scheduled = false;
        flushAll();
    }

    /** Not those that are added meanwhile: a flush may have another channel written to. */
    private void flushAll() {
        List<TurnFlush> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(TurnFlush::flushPending);
    }
}

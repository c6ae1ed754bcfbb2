package dev.berth.proxy.exchange;

import dev.berth.proxy.limit.MemoryBudget;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The body of a request on its way to a backend: pieces that wait for a connection and, as long as
 * the whole is small, also those that were sent, so that it can be sent again. Confined to the
 * event loop.
 */
final class RequestBody {
    /** Bodies up to this many bytes are kept until the backend answers. */
    static final int MAX_REPLAY = 64 * 1024;

    private final List<HttpContent> pieces = new ArrayList<>(1);
    private final MemoryBudget memory;
    private long reserved;
    private boolean keeps;
    private int sent;
    private boolean complete;

    /**
     * An empty one.
     *
     * @param length of the body, -1 when not known
     * @param memory with none left the body is not kept, or no longer
     */
    RequestBody(long length, MemoryBudget memory) {
        this.memory = memory;
        this.keeps = length >= 0 && length <= MAX_REPLAY && memory.has(length);
    }

    /** Whether the body can be sent again after it was sent. */
    boolean replayable() {
        return keeps;
    }

    /** Whether the last piece was sent. */
    boolean allSent() {
        return complete && sent == pieces.size();
    }

    /**
     * Takes a piece over. Only what has come takes memory: who announces much and sends nothing has
     * none of it.
     */
    void add(HttpContent piece) {
        int bytes = piece.content().readableBytes();
        if (keeps && memory.take(bytes)) {
            reserved += bytes;
        } else if (keeps) {
            stopKeeping();
        }
        pieces.add(piece);
        complete = piece instanceof LastHttpContent;
    }

    /** Gives every piece that waits to the sink, which takes ownership. */
    void sendTo(Consumer<HttpContent> sink) {
        while (sent < pieces.size()) {
            HttpContent piece = pieces.get(sent);
            if (keeps) {
                sent++;
                sink.accept(piece.retainedDuplicate());
            } else {
                pieces.remove(sent);
                sink.accept(piece);
            }
        }
    }

    /** Hands over every piece, before any was sent that is not kept. */
    List<HttpContent> takeAll() {
        List<HttpContent> all = List.copyOf(pieces);
        pieces.clear();
        sent = 0;
        giveBack();
        return all;
    }

    /** Starts over from the first piece. */
    void rewind() {
        sent = 0;
    }

    /** Lets go of what was sent: nothing will be sent again. */
    void stopKeeping() {
        keeps = false;
        giveBack();
        for (HttpContent piece : pieces.subList(0, sent)) {
            piece.release();
        }
        pieces.subList(0, sent).clear();
        sent = 0;
    }

    /** Lets go of everything. */
    void release() {
        pieces.forEach(HttpContent::release);
        pieces.clear();
        sent = 0;
        giveBack();
    }

    private void giveBack() {
        memory.give(reserved);
        reserved = 0;
    }
}

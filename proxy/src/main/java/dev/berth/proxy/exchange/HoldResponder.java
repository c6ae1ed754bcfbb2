package dev.berth.proxy.exchange;

import dev.berth.proxy.limit.MemoryBudget;
import dev.berth.proxy.limit.Wait;
import io.netty.handler.codec.http.HttpContent;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands in while it is not known yet what answers: keeps what comes of the body, up to {@link
 * RequestBody#MAX_REPLAY} and what was read with it, and then reads no more. Confined to the event
 * loop.
 */
final class HoldResponder implements Responder {
    private final ClientStream client;
    private final MemoryBudget memory;
    private final Runnable onEnd;
    private final List<HttpContent> pieces = new ArrayList<>(1);
    private int bytes;
    private boolean ended;

    /**
     * Holds nothing yet.
     *
     * @param onEnd called once, when the request goes on or is given up
     */
    HoldResponder(ClientStream client, MemoryBudget memory, Runnable onEnd) {
        this.client = client;
        this.memory = memory;
        this.onEnd = onEnd;
    }

    @Override
    public List<HttpContent> take() {
        List<HttpContent> taken = List.copyOf(pieces);
        pieces.clear();
        end();
        return taken;
    }

    @Override
    public void content(HttpContent piece) {
        int length = piece.content().readableBytes();
        pieces.add(piece);
        bytes += length;
        client.awaitNothing();
        boolean room = memory.take(length);
        if (!room) {
            memory.overdraw(length);
        }
        if (!room || bytes >= RequestBody.MAX_REPLAY) {
            client.read(false);
        }
    }

    @Override
    public void readComplete() {
        // nothing goes on yet
    }

    @Override
    public void clientWritable() {
        // nothing to send
    }

    @Override
    public void expired(Wait wait) {
        // who holds has a deadline of its own
    }

    @Override
    public void abort() {
        pieces.forEach(HttpContent::release);
        pieces.clear();
        end();
    }

    private void end() {
        if (!ended) {
            ended = true;
            memory.give(bytes);
            onEnd.run();
        }
    }
}

package dev.berth.proxy.exchange;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.BodyProgress;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/** How large a request body may be and how slowly it may come. Confined to the event loop. */
final class BodyRules {
    private final RequestHead request;
    private @Nullable BodyProgress progress;

    /** Nothing has come yet. */
    BodyRules(RequestHead request) {
        this.request = request;
    }

    /**
     * What is wrong with a piece; {@code null} = nothing.
     *
     * @param received bytes so far, this piece included
     * @param most bytes allowed; {@code null} = any number
     * @param answered whether an answer has begun
     */
    @Nullable Rejection check(
            HttpContent piece, long received, @Nullable Long most, boolean answered) {
        if (most != null && received > most) {
            return new Rejection(
                    Failure.BodyTooLarge, "At most %d bytes are taken.".formatted(most));
        }
        return !answered && isTooSlow(piece)
                ? new Rejection(Failure.RequestTimeout, "Its body comes too slowly.")
                : null;
    }

    /** The client is not read for now. */
    void paused() {
        if (progress != null) {
            progress.paused();
        }
    }

    /**
     * Only a body of a known length that nobody answers yet has to hurry: the others may be a
     * conversation.
     */
    private boolean isTooSlow(HttpContent piece) {
        if (request.bodyLength() <= 0 || piece instanceof LastHttpContent) {
            return false;
        }
        if (progress == null) {
            progress = new BodyProgress(BodyProgress.SLOWEST);
        }
        return !progress.received(piece.content().readableBytes(), System.nanoTime());
    }
}

package dev.berth.proxy.exchange;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.BodyProgress;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How large a request body may be and how slowly it may come. Confined to the event loop. */
final class BodyRules {
    private static final String GRPC = "application/grpc";

    private final RequestHead request;
    private final LongSupplier nanoTime;
    private final boolean mayRest;
    private @Nullable BodyProgress progress;

    /** Nothing has come yet. */
    BodyRules(RequestHead request) {
        this(request, System::nanoTime);
    }

    /**
     * The same with another clock.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    BodyRules(RequestHead request, LongSupplier nanoTime) {
        this.request = request;
        this.nanoTime = nanoTime;
        this.mayRest = isCall(request);
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

    /** A body that nobody answers yet has to hurry, unless it may be one side of a call. */
    private boolean isTooSlow(HttpContent piece) {
        if (mayRest || request.bodyLength() == 0 || piece instanceof LastHttpContent) {
            return false;
        }
        if (progress == null) {
            progress = new BodyProgress(BodyProgress.SLOWEST);
        }
        return !progress.received(piece.content().readableBytes(), nanoTime.getAsLong());
    }

    /** A gRPC call, whose messages may be far apart before the first answer; not over HTTP/1. */
    private static boolean isCall(RequestHead request) {
        String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE);
        return request.bodyLength() < 0
                && !request.protocol().startsWith("HTTP/1")
                && type != null
                && type.regionMatches(true, 0, GRPC, 0, GRPC.length());
    }
}

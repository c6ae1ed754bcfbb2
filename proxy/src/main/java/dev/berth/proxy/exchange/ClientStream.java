package dev.berth.proxy.exchange;

import dev.berth.proxy.limit.Wait;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * The client's side of one exchange, whatever version of HTTP it speaks. It frames the answer by
 * its own rules: whoever writes never sets Connection or Transfer-Encoding. Confined to the event
 * loop.
 */
public interface ClientStream {
    /**
     * Writes a final head.
     *
     * @param response its Content-Length says how long the body is; without one its end shows it
     * @param hasBody false when no body follows, whatever the fields say (HEAD, 204, 304)
     */
    void head(HttpResponse response, boolean hasBody);

    /** Writes an informational response. */
    void informational(HttpResponse response);

    /** Writes the head that turns the stream into a tunnel; {@link #unwrap} follows. */
    void switching(HttpResponse response);

    /** Writes a piece of the body, which is released. */
    void body(HttpContent piece);

    /** Writes a part of a file; the future completes when the kernel has all of it. */
    ChannelFuture file(FileRegion region);

    /** Ends the answer; the stream is free for the next request or closes. */
    void end(LastHttpContent last);

    /** Breaks the answer off in a way that the client can tell from its end. */
    void cut();

    /** Sends what was written. */
    void flush();

    /** Whether it takes more without buffering much. */
    boolean writable();

    /** Stops or resumes reading the request body. */
    void read(boolean reading);

    /** Says what is being waited for; {@link Exchange#expired} follows if it does not come. */
    void await(Wait wait);

    /** Says that nothing is being waited for. */
    void awaitNothing();

    /**
     * Leaves HTTP: after what was written so far, bytes pass both ways as they are.
     *
     * @param rawHandler gets what comes in, first of all what was read already
     */
    Channel unwrap(ChannelHandler rawHandler);
}

package dev.berth.proxy.listen;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a connection is asked to end once nothing is in flight: by an event in its pipeline, or,
 * where it is still on its way to a protocol, by what that protocol finds when it begins.
 */
public enum Drain {
    /** The edge stops: a connection without a request is closed at once. */
    Stop,
    /**
     * Another process serves from now on: a connection without a request may send one more, whose
     * answer says that it is the last. To close it at once could cross a request that its client is
     * just sending.
     */
    HandOver;

    /** How long a connection may wait for its last request. */
    static final Duration LAST_REQUEST = Duration.ofSeconds(1);

    private static final AttributeKey<Drain> ASKED = AttributeKey.valueOf("berth.drain");

    /** What this connection was asked; {@code null} = nothing. On its event loop. */
    public static @Nullable Drain asked(Channel connection) {
        return connection.attr(ASKED).get();
    }

    /** Asks a connection that has no protocol yet. */
    void note(Channel connection) {
        connection.attr(ASKED).set(this);
    }

    /** Asks a connection. Any thread. */
    void ask(Channel connection) {
        connection
                .eventLoop()
                .execute(
                        () -> {
                            note(connection);
                            connection.pipeline().fireUserEventTriggered(this);
                        });
    }
}

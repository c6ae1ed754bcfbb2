package dev.berth.proxy.handover;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listening sockets that somebody else has opened, by name. Who takes one closes it; the rest are
 * closed here. One thread.
 */
public final class ListeningSockets implements AutoCloseable {
    /** Cleartext HTTP. */
    public static final String HTTP = "http";

    /** HTTP over TLS. */
    public static final String HTTPS = "https";

    private static final Logger LOG = LoggerFactory.getLogger(ListeningSockets.class);

    private final Map<String, FileDescriptor> byName;

    /** These and no others. */
    ListeningSockets(Map<String, FileDescriptor> byName) {
        this.byName = new LinkedHashMap<>(byName);
    }

    /** None: every socket is to be opened. */
    public static ListeningSockets none() {
        return new ListeningSockets(Map.of());
    }

    /** The one of that name; {@code null} when none was given. */
    public @Nullable FileDescriptor take(String name) {
        return byName.remove(name);
    }

    /** Closes what nobody took. */
    @Override
    public void close() {
        byName.forEach(
                (name, descriptor) -> {
                    LOG.info("the socket {} is not used by this edge", name);
                    close(descriptor);
                });
        byName.clear();
    }

    static void close(FileDescriptor descriptor) {
        try {
            descriptor.close();
        } catch (IOException e) {
            LOG.debug("a descriptor is not closed", e);
        }
    }
}

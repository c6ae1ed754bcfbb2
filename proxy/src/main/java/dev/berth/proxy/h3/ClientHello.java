package dev.berth.proxy.h3;

import dev.berth.proxy.listen.Peer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client asked for in its handshake and what it was shown. Written by the event loop and the
 * thread that chooses certificates, one after the other.
 */
final class ClientHello {
    private volatile @Nullable String name;
    private volatile @Nullable List<String> certified;
    private volatile boolean refused;

    /** The name that was asked for; {@code null} when there was none. */
    @Nullable String name() {
        return name;
    }

    void asksFor(@Nullable String host) {
        name = host;
    }

    /** It is to fail: before its client could send a request. */
    void refuse() {
        refused = true;
    }

    boolean isRefused() {
        return refused;
    }

    void shows(List<String> names) {
        certified = names;
    }

    /** Whether a certificate was shown; a resumed session shows none. */
    boolean hasShown() {
        return certified != null;
    }

    Peer.Served served() {
        List<String> names = certified;
        return new Peer.Served(name, names == null ? List.of() : names);
    }
}

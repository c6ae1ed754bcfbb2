package dev.berth.proxy.http;

import dev.berth.proxy.disk.AltSvcMemory;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Tells clients that the edge also serves HTTP/3 (RFC 7838, RFC 9114 section 3.1.1): in no answer
 * until that is known to work, and never again once it ends. Where it is switched off, clients that
 * may remember an offer of an earlier process are told to forget it (section 3.1). Thread-safe.
 */
public final class AltSvc {
    private static final String NAME = "Alt-Svc";
    private static final Duration MAX_AGE = Duration.ofDays(1);
    private static final int HTTPS_PORT = 443;

    private final AltSvcMemory memory;
    private final AtomicReference<State> state = new AtomicReference<>(State.Silent);

    /**
     * Says nothing.
     *
     * @param file remembers from process to process that clients were told
     */
    public AltSvc(Path file, InstantSource clock) {
        this.memory = new AltSvcMemory(file, MAX_AGE, clock);
    }

    private enum State {
        Silent,
        Offered,
        Withdrawn
    }

    /**
     * HTTP/3 was seen to work. Writes a file; not to be called on an event loop.
     *
     * @return whether clients are told from now on; not if it has ended meanwhile
     */
    public boolean offer() {
        if (state.get() != State.Silent) {
            return false;
        }
        memory.offered();
        return state.compareAndSet(State.Silent, State.Offered);
    }

    /** This process serves no HTTP/3: whoever was told by an earlier one is told to forget it. */
    public void off() {
        if (memory.believed()) {
            state.set(State.Withdrawn);
        }
    }

    /** HTTP/3 ends: who was told of it is told to forget it. */
    public void withdraw() {
        state.set(State.Withdrawn);
    }

    /** Whether clients are told of it now. */
    public boolean offered() {
        return state.get() == State.Offered;
    }

    /**
     * Puts the field on an answer that goes out over https, in place of one that an app has set.
     *
     * @param port that the client named, with its colon; empty when it named none. It came in by
     *     that one, which need not be ours, and the same leads to us over UDP.
     */
    public void apply(String port, HttpHeaders answer) {
        switch (state.get()) {
            case Silent -> {}
            case Offered ->
                    answer.set(
                            NAME,
                            "h3=\"%s\"; ma=%d"
                                    .formatted(
                                            port.isEmpty() ? ":" + HTTPS_PORT : port,
                                            MAX_AGE.toSeconds()));
            case Withdrawn -> answer.set(NAME, "clear");
        }
    }
}

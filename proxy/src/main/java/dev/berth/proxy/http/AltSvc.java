package dev.berth.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * Tells clients that the edge also serves HTTP/3 (RFC 7838, RFC 9114 section 3.1.1): in no answer
 * until that is known to work, and never again once it ends. Thread-safe.
 */
public final class AltSvc {
    private static final String NAME = "Alt-Svc";
    private static final int MAX_AGE_SECONDS = 86_400;
    private static final int HTTPS_PORT = 443;

    private volatile State state = State.Silent;

    private enum State {
        Silent,
        Offered,
        Withdrawn
    }

    /** HTTP/3 was seen to work. */
    public void offer() {
        if (state == State.Silent) {
            state = State.Offered;
        }
    }

    /** HTTP/3 ends: who was told of it is told to forget it. */
    public void withdraw() {
        state = State.Withdrawn;
    }

    /** Whether clients are told of it now. */
    public boolean offered() {
        return state == State.Offered;
    }

    /**
     * Puts the field on an answer that goes out over https, in place of one that an app has set.
     *
     * @param port that the client named, with its colon; empty when it named none. It came in by
     *     that one, which need not be ours, and the same leads to us over UDP.
     */
    public void apply(String port, HttpHeaders answer) {
        switch (state) {
            case Silent -> {}
            case Offered ->
                    answer.set(
                            NAME,
                            "h3=\"%s\"; ma=%d"
                                    .formatted(
                                            port.isEmpty() ? ":" + HTTPS_PORT : port,
                                            MAX_AGE_SECONDS));
            case Withdrawn -> answer.set(NAME, "clear");
        }
    }
}

package dev.berth.reconciler.certificate;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A record in DNS could not be written or seen. The message says for people why. */
public final class DnsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean permanent;
    private final @Nullable Duration retryAfter;

    /**
     * A failure.
     *
     * @param permanent whether only a change can help: a token that is refused, a zone that is not
     *     there
     * @param retryAfter what the provider asks for; {@code null} = nothing
     */
    public DnsException(String message, boolean permanent, @Nullable Duration retryAfter) {
        super(message);
        this.permanent = permanent;
        this.retryAfter = retryAfter;
    }

    /** One that another try may mend. */
    public DnsException(String message) {
        this(message, false, null);
    }

    public boolean permanent() {
        return permanent;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}

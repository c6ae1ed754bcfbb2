package dev.berth.reconciler.forge;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A forge did not say what it was asked for, or did not do it: nothing follows from that. The
 * message is for people, says what was asked, what came and what to do, and holds no secret.
 */
public final class ForgeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    /** Why. */
    public enum Kind {
        /** No answer, or one that says that the forge has a fault. */
        UNREACHABLE,
        /** It wants to be asked less. */
        LIMITED,
        /** It does not know us, or we may not do that. */
        REFUSED,
        /** It says that it has no such thing, which is no proof: so it says to strangers. */
        NOT_FOUND,
        /** It answered, but not as its API does, or not the whole. */
        UNREADABLE
    }

    /**
     * @param retryAfter {@code null} = it did not say
     */
    public ForgeException(Kind kind, String message, @Nullable Duration retryAfter) {
        super(message);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    ForgeException(Kind kind, String message) {
        this(kind, message, null);
    }

    public Kind kind() {
        return kind;
    }

    /** How long it wants to be left alone; {@code null} when it did not say. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** The message, never {@code null}. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? kind.name() : message;
    }
}

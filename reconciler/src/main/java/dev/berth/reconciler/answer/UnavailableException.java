package dev.berth.reconciler.answer;

import org.jspecify.annotations.Nullable;

/**
 * What was asked for can't be read or written now: the database or the engine does not answer. The
 * message is for people, says what is missing and holds no secret. Asking again later may work.
 */
public final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The message, never {@code null}. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "not available" : message;
    }
}

package dev.berth.reconciler;

import dev.berth.schemas.status.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * The world failed: engine, Git, edge, disk. The subtype says what happens next; the {@link
 * #reason()} becomes the condition's reason and the message its message. Caught once per resource
 * in the converger and once per pass in the reconciler. Mistakes of users are {@code Problem}s and
 * our own are unchecked exceptions; neither belongs here.
 */
public abstract sealed class ReconcileException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ReasonCode reason;

    private ReconcileException(ReasonCode reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public ReasonCode reason() {
        return reason;
    }

    /** The message, never {@code null}. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? reason.name() : message;
    }

    /** It may work the next time: retried with backoff. */
    public static final class Transient extends ReconcileException {
        private static final long serialVersionUID = 1L;

        public Transient(ReasonCode reason, String message, @Nullable Throwable cause) {
            super(reason, message, cause);
        }

        public Transient(ReasonCode reason, String message) {
            this(reason, message, null);
        }
    }

    /** Nothing is wrong yet: something we depend on is not there; looked at again soon. */
    public static final class Waiting extends ReconcileException {
        private static final long serialVersionUID = 1L;

        public Waiting(ReasonCode reason, String message) {
            super(reason, message, null);
        }
    }

    /** A person must act: the same spec is not tried again. */
    public static final class Stalled extends ReconcileException {
        private static final long serialVersionUID = 1L;

        public Stalled(ReasonCode reason, String message, @Nullable Throwable cause) {
            super(reason, message, cause);
        }

        public Stalled(ReasonCode reason, String message) {
            this(reason, message, null);
        }
    }
}

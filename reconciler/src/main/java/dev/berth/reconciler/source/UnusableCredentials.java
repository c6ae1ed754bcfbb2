package dev.berth.reconciler.source;

import java.io.IOException;

/** A file with credentials can't be used. The message is for people. */
final class UnusableCredentials extends IOException {
    private static final long serialVersionUID = 1L;

    UnusableCredentials(String message) {
        super(message);
    }

    /** The message, never {@code null}. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "the credentials can't be used" : message;
    }
}

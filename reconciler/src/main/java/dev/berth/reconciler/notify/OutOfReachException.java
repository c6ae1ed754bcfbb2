package dev.berth.reconciler.notify;

import java.io.IOException;

/** An address that alerts may not be sent to. The message says what to do and holds no secret. */
public final class OutOfReachException extends IOException {
    private static final long serialVersionUID = 1;

    OutOfReachException(String message) {
        super(message);
    }
}

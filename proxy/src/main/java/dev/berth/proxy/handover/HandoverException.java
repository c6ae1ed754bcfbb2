package dev.berth.proxy.handover;

import java.io.IOException;

/** A handover that came to nothing: the elder serves on. The message is one line for people. */
public final class HandoverException extends IOException {
    private static final long serialVersionUID = 1L;

    HandoverException(String message) {
        super(message);
    }

    HandoverException(String message, Throwable cause) {
        super(message, cause);
    }
}

package dev.berth.proxy;

import java.io.IOException;
import java.net.BindException;

/** Why an edge cannot start, in one line that says what to do. */
final class StartFailure extends IOException {
    private static final long serialVersionUID = 1L;

    StartFailure(String message) {
        super(message);
    }

    private StartFailure(String message, IOException cause) {
        super(message, cause);
    }

    /**
     * A port that cannot be listened on.
     *
     * @param setting how another one is chosen
     */
    static StartFailure port(int port, String setting, IOException problem) {
        Throwable cause = problem.getCause() == null ? problem : problem.getCause();
        String reason = String.valueOf(cause.getMessage());
        boolean taken = cause instanceof BindException || reason.contains("Address already in use");
        String what =
                taken
                        ? "is already taken: stop what listens there, or"
                        : "cannot be listened on (" + reason + "):";
        return new StartFailure(
                "port %d %s choose another port with %s".formatted(port, what, setting), problem);
    }
}

package dev.berth.reconciler.secret;

import dev.berth.reconciler.desired.yaml.Mark;
import java.util.List;

/** Ends the reading or making of one file at its first fault; never leaves this package. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Mark at;
    private final transient List<String> path;

    RefusedException(Mark at, List<String> path, String message) {
        super(message);
        this.at = at;
        this.path = List.copyOf(path);
    }

    SecretFault inFile(String file) {
        return new SecretFault(file, at, String.join(".", path), String.valueOf(getMessage()));
    }
}

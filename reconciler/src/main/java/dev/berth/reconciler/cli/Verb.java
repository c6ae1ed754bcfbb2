package dev.berth.reconciler.cli;

import java.util.List;

/** One verb of the command line. */
interface Verb {
    /** What follows {@code berth} and what it does, for the list of verbs. */
    Usage usage();

    /**
     * Does it.
     *
     * @param arguments what followed the verb
     * @throws UsageException if they don't fit
     */
    Exit run(List<String> arguments, Console console) throws UsageException;

    /** How it is called: {@code validate DIR}, and what it does in a few words. */
    record Usage(String form, String purpose) {}

    /** How it ended. */
    enum Exit {
        OK(0),
        FAILED(1),
        MISUSED(2);

        private final int code;

        Exit(int code) {
            this.code = code;
        }

        /** The exit code of the process. */
        int code() {
            return code;
        }
    }

    /** The arguments don't fit; the message says how. */
    final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }
}

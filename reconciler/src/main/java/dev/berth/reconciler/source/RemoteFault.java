package dev.berth.reconciler.source;

/**
 * A remote can't be read, or has nothing that can be used. The message is for people: what failed
 * and what to do, without secrets.
 */
final class RemoteFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean perhapsLocal;
    private final boolean ofCommit;

    RemoteFault(String message, boolean perhapsLocal, Throwable cause) {
        super(message, cause);
        this.perhapsLocal = perhapsLocal;
        this.ofCommit = false;
    }

    RemoteFault(String message) {
        this(message, false);
    }

    private RemoteFault(String message, boolean ofCommit) {
        super(message);
        this.perhapsLocal = false;
        this.ofCommit = ofCommit;
    }

    /** The remote can be read, and what was asked for is not there or not one to look at. */
    static RemoteFault ofCommit(String message) {
        return new RemoteFault(message, true);
    }

    /** True when it says nothing of what else the remote has. */
    boolean ofCommit() {
        return ofCommit;
    }

    /**
     * True when damage of the local copy can't be ruled out: the exchange broke off in the middle
     * of what Git says, not on the way to the server.
     */
    boolean perhapsLocal() {
        return perhapsLocal;
    }

    /** The message, never {@code null}. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "the repo can't be read" : message;
    }
}

package dev.berth.reconciler.source;

/** The local copy of a repo can't be read or written. The message is for people. */
final class StoreFault extends Exception {
    private static final long serialVersionUID = 1L;

    StoreFault(String message, Throwable cause) {
        super(message + ": " + FaultText.rootMessage(cause), cause);
    }

    /** The message, never {@code null}. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "the local copy can't be read" : message;
    }
}

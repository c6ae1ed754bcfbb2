package dev.berth.reconciler.build.files;

/** What was read of a file. */
public sealed interface FileText {
    /** Its text; bytes that are no UTF-8 are replaced. */
    record Read(String text) implements FileText {}

    /**
     * Larger than is read.
     *
     * @param limit bytes that would have been read
     */
    record TooLarge(long limit) implements FileText {}
}

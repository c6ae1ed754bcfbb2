package dev.berth.reconciler.build.kept;

import dev.berth.reconciler.answer.UnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/** What builds wrote, for those who look: whoever reads gets the same bytes. Thread-safe. */
public interface BuildLogReader {
    /**
     * Whole lines of a log.
     *
     * @param text ends with a line end unless it is empty
     * @param end where the next one begins, in bytes
     * @param growing whether something is still writing
     */
    record Piece(String text, long end, boolean growing) {}

    /**
     * What comes after a place in a log, at most 64 KiB unless a single line is longer; waits for
     * some if there is none yet and something is writing.
     *
     * @param from an {@link Piece#end} of before; anything else that is not where a line begins
     *     counts as 0
     * @param wait for so long at most
     * @throws UnavailableException if the file can't be read
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    Piece read(String build, long from, Duration wait)
            throws UnavailableException, InterruptedException;

    /** The last whole lines of a log by now, about so many bytes of them at most. */
    Piece tail(String build, int bytes) throws UnavailableException;

    /** False for a build that wrote nothing, or not on this machine. */
    boolean has(String build);

    /** All that there is of a log by now, as it is on disk. */
    void copyTo(String build, OutputStream out) throws IOException;
}

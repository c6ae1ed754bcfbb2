package dev.berth.reconciler.preview;

import dev.berth.reconciler.clockwork.Clockwork;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The page of one repo in the book. Thread-safe.
 *
 * @param repo its URL without login
 */
record PullNotes(PullBook book, String repo, Clockwork clock) {
    /** What is told of it. */
    PullPage.Told told() {
        return book.told(repo);
    }

    /** Asks something of what is noted, if only that is not told yet. */
    <T> T ask(Function<PullPage, T> what) {
        return book.ask(repo, clock.instant(), what);
    }

    void note(Consumer<PullPage> what) {
        book.note(repo, clock.instant(), what);
    }

    /** Notes something, and when. */
    void note(BiConsumer<PullPage, Instant> what) {
        Instant now = clock.instant();
        book.note(repo, now, page -> what.accept(page, now));
    }
}

package dev.berth.webapp.api;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.status.PassHistory;
import dev.berth.schemas.config.ResourceId;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.NotFoundException;
import java.util.function.Supplier;

/** What a client gave, read strictly: a mistake is answered with 400 or 404 and says what it is. */
public final class Listings {
    private Listings() {}

    /** The id that a path names. */
    public static ResourceId resource(String kind, String name) {
        try {
            return ResourceId.parse(kind + "/" + name);
        } catch (IllegalArgumentException e) {
            throw new NotFoundException("There is no kind of resource named " + kind, e);
        }
    }

    /** The length of a page. */
    public static int limit(int limit) {
        return read(() -> PassHistory.checkLimit(limit));
    }

    /** A value of a query; an {@link IllegalArgumentException} is the client's mistake. */
    public static <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage(), e);
        }
    }

    /** Asks the history, where a bad cursor is the client's mistake. */
    public static <T> T ask(Question<T> question) throws UnavailableException {
        try {
            return question.ask();
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage(), e);
        }
    }

    /** A question to the history. */
    @FunctionalInterface
    public interface Question<T> {
        T ask() throws UnavailableException;
    }
}

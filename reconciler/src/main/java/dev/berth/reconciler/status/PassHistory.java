package dev.berth.reconciler.status;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What passes saw and did, kept across restarts. Losing it loses no app. Lists are newest first;
 * limits are from 1 to {@value #MOST}. Thread-safe; every call may block on I/O for as long as the
 * store's own timeouts allow and throws {@link UnavailableException} when the store can't be used.
 */
public interface PassHistory {
    /** The greatest page. */
    int MOST = 200;

    /** Brings the store to the shape that this version needs. Safe to call again. */
    void prepare() throws UnavailableException;

    /**
     * Keeps a pass, its events and the statuses {@linkplain #after after} it. A pass that is kept
     * already is not.
     */
    void record(PassReport report) throws UnavailableException;

    /**
     * Passes in the order they were recorded, newest first.
     *
     * @param cursor where to go on, from {@link Page#next}; {@code null} = at the newest
     * @throws IllegalArgumentException if the cursor is not one of ours or the limit out of range
     */
    Page<PassSummary> passes(@Nullable String cursor, int limit) throws UnavailableException;

    /**
     * One pass, with the statuses after it if it is the newest and without any if not: those are
     * kept once.
     */
    Optional<PassReport> pass(String id) throws UnavailableException;

    /**
     * What happened, newest first.
     *
     * @param resource only what happened to it; {@code null} = to any
     * @throws IllegalArgumentException as {@link #passes}
     */
    Page<Event> events(@Nullable ResourceId resource, @Nullable String cursor, int limit)
            throws UnavailableException;

    /** How each resource stood after the newest pass, ordered by id. */
    List<ResourceStatus> lastStatuses() throws UnavailableException;

    /**
     * Forgets passes and events that began before that time, but never the newest pass.
     *
     * @return how many passes
     */
    int forgetBefore(Instant time) throws UnavailableException;

    /** The newest pass, whole. */
    default Optional<PassReport> newest() throws UnavailableException {
        List<PassSummary> first = passes(null, 1).items();
        return first.isEmpty() ? Optional.empty() : pass(first.getFirst().id());
    }

    /**
     * How resources stand after a pass. One that could read nothing, and knows of none but the
     * Instance, says nothing of how the others stand, nor what the Instance is called: those of the
     * pass before stay, but for an Instance of the name it says.
     */
    static List<ResourceStatus> after(PassReport pass, List<ResourceStatus> before) {
        if (before.isEmpty() || tellsStatuses(pass)) {
            return pass.resources();
        }
        Map<ResourceId, ResourceStatus> now =
                pass.resources().stream()
                        .collect(Collectors.toMap(ResourceStatus::id, Function.identity()));
        return before.stream().map(then -> now.getOrDefault(then.id(), then)).toList();
    }

    private static boolean tellsStatuses(PassReport pass) {
        return !pass.revision().isEmpty()
                || pass.resources().stream().anyMatch(r -> r.id().kind() != Kind.Instance);
    }

    /** Checks a page's limit. */
    static int checkLimit(int limit) {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("limit must be from 1 to " + MOST);
        }
        return limit;
    }

    /** Reads a cursor: a positive number that only the store understands. */
    static long readCursor(@Nullable String cursor) {
        if (cursor == null) {
            return Long.MAX_VALUE;
        }
        if (!cursor.matches("[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException(
                    "cursor is not one that this server gave; leave it out to begin at the newest");
        }
        return Long.parseLong(cursor);
    }
}

package dev.berth.reconciler.forge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A list that a forge tells in pages. It is read whole or not at all:
 *
 * <ol>
 *   <li>Pages are asked for until the forge says that there are no more, or can't have more.
 *   <li>An id that comes twice, or a number of things other than what the forge counts, means that
 *       the list has changed meanwhile.
 *   <li>Of several pages, all but the last are asked for again. When they are as they were, all of
 *       them stood so when the last one was told. Else all is read anew, three times at most.
 * </ol>
 *
 * @param path with its query, without the page
 * @param size things on a page, as the query has it
 */
record Pages<T>(String path, int size, Class<T[]> type, ToLongFunction<T> id, End end) {
    private static final int MOST_PAGES = 50;
    private static final int TRIES = 3;

    /** How the end of a list is known. */
    enum End {
        /** By Link or X-Next-Page, or a page that is not full; and the forge's count is right. */
        COUNTED,
        /** The same, but a count, if there is one, is of other things, too. */
        LINKED,
        /** By an empty page, for which Gitea gives null. */
        EMPTY,
        /** There is one page. */
        FIRST
    }

    /**
     * All there is.
     *
     * @param etag of the only page; {@code null} when there are more, or it has none
     */
    record Whole<T>(List<T> items, @Nullable String etag) {}

    private record Page<T>(List<T> items, @Nullable String etag, OptionalInt total, boolean more) {}

    /**
     * Reads it.
     *
     * @throws ForgeException if it can't be had whole
     */
    List<T> read(ForgeApi api, ForgeRepo repo) throws ForgeException {
        return Objects.requireNonNull(read(api, repo, null)).items();
    }

    /**
     * Reads it.
     *
     * @return {@code null} if nothing has changed since
     * @throws ForgeException if it can't be had whole
     */
    @Nullable Whole<T> read(ForgeApi api, ForgeRepo repo, @Nullable Mark since)
            throws ForgeException {
        for (int i = 0; i < TRIES; i++) {
            List<Page<T>> pages = new ArrayList<>();
            Page<T> page = page(api, repo, 1, since == null ? null : since.etag());
            if (page == null) {
                return null;
            }
            pages.add(page);
            while (page.more()) {
                if (pages.size() == MOST_PAGES) {
                    throw unreadable(api, "has more than %d pages".formatted(MOST_PAGES));
                }
                page = Objects.requireNonNull(page(api, repo, pages.size() + 1, null));
                pages.add(page);
            }
            if (isWhole(pages) && stands(api, repo, pages)) {
                List<T> all = pages.stream().flatMap(p -> p.items().stream()).toList();
                return new Whole<>(all, pages.size() == 1 ? page.etag() : null);
            }
        }
        throw unreadable(api, "changes while it is read, or is not told whole");
    }

    /** It came, but is not what its API says. */
    ForgeException unreadable(ForgeApi api, String what) {
        return new ForgeException(
                ForgeException.Kind.UNREADABLE,
                "the list GET %s %s: it is read again".formatted(api.base() + path, what));
    }

    /** {@code null} if it is as that etag says. */
    private @Nullable Page<T> page(ForgeApi api, ForgeRepo repo, int number, @Nullable String etag)
            throws ForgeException {
        Answer answer = api.get(repo, at(number), etag);
        if (answer.status() == 304 && etag != null) {
            return null;
        } else if (answer.status() != 200) {
            throw api.failure(answer, repo);
        }
        if (end == End.EMPTY && answer.body().strip().equals("null")) {
            return new Page<>(List.of(), null, OptionalInt.empty(), false);
        }
        T[] items = answer.as(type);
        if (Arrays.stream(items).anyMatch(Objects::isNull)) {
            throw answer.unreadable("null in its list");
        }
        OptionalInt total =
                end != End.COUNTED
                        ? OptionalInt.empty()
                        : answer.number("X-Total-Count").isPresent()
                                ? answer.number("X-Total-Count")
                                : answer.number("X-Total");
        return new Page<>(List.of(items), answer.field("ETag"), total, more(answer, items.length));
    }

    private String at(int number) {
        return end == End.FIRST ? path : path + (path.contains("?") ? "&" : "?") + "page=" + number;
    }

    private boolean more(Answer answer, int items) {
        String next = answer.field("X-Next-Page");
        String links = String.join(",", answer.headers().allValues("Link"));
        return switch (end) {
            case FIRST -> false;
            case EMPTY -> items > 0;
            case COUNTED, LINKED -> {
                if (next != null) {
                    yield !next.isBlank();
                }
                yield links.isEmpty() ? items >= size : links.contains("rel=\"next\"");
            }
        };
    }

    private boolean isWhole(List<Page<T>> pages) {
        Set<Long> ids = new HashSet<>();
        int items = 0;
        for (Page<T> page : pages) {
            for (T item : page.items()) {
                ids.add(id.applyAsLong(item));
                items++;
            }
        }
        int count = items;
        return ids.size() == count
                && pages.stream()
                        .allMatch(p -> p.total().isEmpty() || p.total().getAsInt() == count);
    }

    private boolean stands(ForgeApi api, ForgeRepo repo, List<Page<T>> pages)
            throws ForgeException {
        for (int i = 0; i < pages.size() - 1; i++) {
            Page<T> before = pages.get(i);
            Page<T> now = page(api, repo, i + 1, before.etag());
            if (now != null && !now.items().equals(before.items())) {
                return false;
            }
        }
        return true;
    }
}

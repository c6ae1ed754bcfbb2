package dev.berth.reconciler.answer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list that is ordered newest first.
 *
 * @param next what to pass as cursor for the part after this one; {@code null} at the end
 */
public record Page<T>(List<T> items, @Nullable String next) {
    public Page {
        items = List.copyOf(items);
    }
}

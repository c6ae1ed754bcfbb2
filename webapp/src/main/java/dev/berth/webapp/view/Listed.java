package dev.berth.webapp.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list that can be turned.
 *
 * @param older where the next page is; {@code null} at the end
 * @param failure why there is nothing to show; {@code null} when there is
 */
public record Listed<T>(List<T> items, @Nullable String older, @Nullable String failure) {
    public Listed {
        items = List.copyOf(items);
    }
}

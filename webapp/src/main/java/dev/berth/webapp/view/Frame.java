package dev.berth.webapp.view;

import org.jspecify.annotations.Nullable;

/**
 * What surrounds every page.
 *
 * @param title of the browser's tab
 * @param section the current entry of the menu
 * @param style address of the style sheet
 * @param script address of the script
 * @param pass id of the newest pass, so that the script knows when the page is old; may be empty
 * @param passAt when it began; {@code null} before the first
 * @param refreshSeconds how often the page is read again besides; 0 = only after a pass
 */
public record Frame(
        String title,
        Section section,
        String style,
        String script,
        String pass,
        @Nullable Moment passAt,
        int refreshSeconds) {

    /** The entries of the menu. */
    public enum Section {
        Resources,
        Previews,
        Builds,
        Passes,
        Events,
        Webhooks,
        Diagnostics,
        None
    }
}

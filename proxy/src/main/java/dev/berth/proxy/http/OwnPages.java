package dev.berth.proxy.http;

import dev.berth.schemas.edge.Policy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pages with which an app replaces the edge's. */
final class OwnPages {
    private OwnPages() {}

    /** The page for a status, or for its class, filled in; {@code null} when there is none. */
    static @Nullable String find(List<Policy.ErrorPage> pages, int status, String requestId) {
        String exact = Integer.toString(status);
        String family = status / 100 + "xx";
        Policy.ErrorPage found = null;
        for (Policy.ErrorPage page : pages) {
            if (page.status().equals(exact) || (found == null && page.status().equals(family))) {
                found = page;
            }
        }
        return found == null
                ? null
                : found.html()
                        .replace("{{status}}", exact)
                        .replace("{{request}}", ErrorPage.escape(requestId));
    }
}

package dev.berth.webapp.view;

import dev.berth.schemas.status.BuildStatus;
import org.jspecify.annotations.Nullable;

/**
 * How the code of an app is built.
 *
 * @param told in one sentence
 * @param path directory of the repo
 * @param text the Dockerfile that Berth wrote; {@code null} when it wrote none
 */
public record BuildView(String told, String path, @Nullable String text) {

    /** {@code null} for a resource without code. */
    public static @Nullable BuildView of(@Nullable BuildStatus status) {
        return status == null
                ? null
                : new BuildView(told(status), place(status.path()), status.text());
    }

    private static String told(BuildStatus status) {
        if (status.recognisedAs() == null) {
            return "By its own " + status.dockerfile();
        }
        String made =
                switch (status.makes()) {
                    case Image -> "built into an image";
                    case Files ->
                            status.text() == null
                                    ? "served as they are, without a container"
                                    : "built into files that are served without a container";
                };
        return "Recognised as %s (%s), %s".formatted(status.recognisedAs(), status.reason(), made);
    }

    private static String place(String path) {
        return path.equals(".") ? "the root of the repo" : path;
    }
}

package dev.berth.reconciler.desired;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The path of a route as a document writes it. The edge compares it with the form that requests'
 * paths are brought to first: unreserved characters decoded, empty and dot segments resolved, no
 * query. Another form matches nothing. Pure.
 */
record RoutePath(String written) {
    private static final Pattern ENCODED =
            Pattern.compile("%(2[DEde]|3[0-9]|4[1-9A-Fa-f]|5[0-9AFaf]|6[1-9A-Fa-f]|7[0-9AEae])");

    /** Why no request ever has it, and what to write; {@code null} = it is right. */
    @Nullable String fault() {
        String path = Paths.route(written);
        int pattern = path.indexOf('*');
        if (pattern >= 0) {
            return fault(
                    "* stands for no other characters, and a path has all below it",
                    path.substring(0, path.lastIndexOf('/', pattern) + 1));
        }
        int query = path.indexOf('?');
        if (query >= 0) {
            return fault("it ends before the query", path.substring(0, query));
        }
        int fragment = path.indexOf('#');
        if (fragment >= 0) {
            return fault("clients don't send what # begins", path.substring(0, fragment));
        }
        if (ENCODED.matcher(path).find()) {
            return fault("letters, digits and - . _ ~ are decoded first", path);
        }
        return form(path).equals(path)
                ? null
                : fault("empty segments, . and .. are resolved first", path);
    }

    private static String fault(String why, String near) {
        return "no request is ever found to have this path: %s. Write %s"
                .formatted(why, form(near));
    }

    private static String form(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : decoded(path).split("/", -1)) {
            if (segment.equals("..")) {
                if (!segments.isEmpty()) {
                    segments.removeLast();
                }
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
        }
        return "/" + String.join("/", segments);
    }

    private static String decoded(String path) {
        return ENCODED.matcher(path)
                .replaceAll(found -> String.valueOf((char) Integer.parseInt(found.group(1), 16)));
    }
}

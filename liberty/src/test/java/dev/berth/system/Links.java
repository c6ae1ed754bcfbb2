package dev.berth.system;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The paths that lead on from what control has answered: links of pages, and the templates of the
 * API with every name that was seen. Gives each once, ready for a request line. Confined to one
 * thread.
 */
final class Links {
    private static final List<String> FIRST =
            List.of(
                    "/",
                    "/passes",
                    "/events",
                    "/builds",
                    "/webhooks",
                    "/previews",
                    "/diagnostics",
                    "/metrics",
                    "/health",
                    "/nothing-here",
                    "/api/v1");

    /** Would be enough for a Berth with twice as much to show; more says that links go astray. */
    private static final int MOST = 1000;

    private static final Pattern OF_PAGE = Pattern.compile("(?:href|src)=\"(/[^\"#]*)");
    private static final Pattern OF_JSON =
            Pattern.compile("\"(/(?:api|resources|passes|schemas)/[^\"]*)\"");
    private static final Pattern RESOURCE =
            Pattern.compile("\\b(app|alert|instance|job|secret|domain)/([a-z0-9-]+)\\b");
    private static final Pattern PASS = Pattern.compile("\"(?:id|pass)\":\"([0-9a-f]{12})\"");

    private final Deque<String> next = new ArrayDeque<>();
    private final SortedSet<String> known = new TreeSet<>();
    private final SortedSet<String> templates =
            new TreeSet<>(List.of("/resources/{kind}/{name}", "/passes/{id}"));
    private final SortedSet<String> resources = new TreeSet<>();
    private final SortedSet<String> passes = new TreeSet<>();

    Links() {
        FIRST.forEach(this::add);
    }

    /** {@code null} when all were given. */
    @Nullable String next() {
        if (next.isEmpty()) {
            templates.forEach(template -> filled(template).forEach(this::add));
        }
        if (known.size() > MOST) {
            throw new AssertionError("more than %d links: %s".formatted(MOST, known));
        }
        return next.poll();
    }

    /** Takes in what an answer has. */
    void addAllOf(String answer) {
        for (Pattern kind : List.of(OF_PAGE, OF_JSON)) {
            for (Matcher link = kind.matcher(answer); link.find(); ) {
                add(link.group(1).replace("&amp;", "&"));
            }
        }
        RESOURCE.matcher(answer).results().forEach(r -> resources.add(r.group()));
        PASS.matcher(answer).results().forEach(p -> passes.add(p.group(1)));
    }

    private void add(String link) {
        String path = link.replaceAll("\\{\\?[^}]*}", ""); // parameters that may be left out
        if (path.contains("{")) {
            templates.add(path);
        } else if (!path.startsWith("/api/v1/stream") && known.add(path)) {
            next.add(encoded(path));
        }
    }

    private List<String> filled(String template) {
        List<String> paths = new ArrayList<>();
        for (String pass : passes) {
            paths.add(template.replace("{id}", pass));
        }
        for (String resource : resources) {
            String kind = resource.substring(0, resource.indexOf('/'));
            String name = resource.substring(kind.length() + 1);
            boolean fits = template.contains("{kind}") || template.contains("/" + kind + "s/");
            if (fits) {
                paths.add(template.replace("{kind}", kind).replace("{name}", name));
            }
        }
        return paths.stream().filter(path -> !path.contains("{")).toList();
    }

    /** What a URI must not have is encoded; what is encoded already stays. */
    private static String encoded(String path) {
        StringBuilder out = new StringBuilder();
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            if (b > ' ' && b < 0x7f && "\"<>\\^`{|}".indexOf(b) < 0) {
                out.append((char) b);
            } else {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return out.toString();
    }
}

package dev.berth.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a browser would load for a page: all that it names, and what its scripts and style sheets
 * name in turn, also what they load late. Confined to one thread.
 */
final class PageAssets {
    private static final List<Pattern> IN_PAGES =
            List.of(
                    Pattern.compile("(?:src|href|component-url|renderer-url)=\"([^\"]+)\""),
                    // what scripts in the page hold in strings, quotes written as \"
                    Pattern.compile("[\"'](/_next/static/[^\"'\\\\\\s]+)"));
    private static final Pattern CANDIDATES = Pattern.compile("srcset=\"([^\"]+)\"", 2);
    private static final Pattern IN_STYLES =
            Pattern.compile("url\\(\\s*[\"']?([^\"')]+?)[\"']?\\s*\\)");
    private static final List<Pattern> IN_SCRIPTS =
            List.of(
                    Pattern.compile("[\"'`](\\.{1,2}/[\\w./~-]+\\.(?:js|css))[\"'`]"),
                    Pattern.compile("[\"'`](/?assets/[\\w./~-]+)[\"'`]"),
                    Pattern.compile("[\"'`](/?(?:_next/)?static/chunks/[\\w./~-]+)[\"'`]"));

    private static final Map<String, String> TYPES =
            new TreeMap<>(
                    Map.of(
                            "js", "(text|application)/javascript.*",
                            "css", "text/css.*",
                            "svg", "image/svg\\+xml.*",
                            "png", "image/png",
                            "json", "application/json.*"));

    private final Berth berth;
    private final String host;
    private final Queue<URI> toAsk = new ArrayDeque<>();
    private final SortedMap<String, String> seen = new TreeMap<>();
    private final TreeSet<String> wrong = new TreeSet<>();

    private PageAssets(Berth berth, String app) {
        this.berth = berth;
        this.host = app + ".localhost";
    }

    /**
     * Asks for a page and everything it needs.
     *
     * @return content types by path
     * @throws AssertionError if one of them does not answer 200 with the type that its name
     *     promises, or answers nothing
     */
    static SortedMap<String, String> of(Berth berth, String app, String path)
            throws IOException, InterruptedException {
        PageAssets assets = new PageAssets(berth, app);
        assets.toAsk.add(URI.create(path));
        for (URI next = assets.toAsk.poll(); next != null; next = assets.toAsk.poll()) {
            if (!assets.seen.containsKey(next.toString())) {
                assets.ask(next);
            }
        }
        if (!assets.wrong.isEmpty()) {
            throw new AssertionError(
                    "of what %s%s names:%n%s"
                            .formatted(app, path, String.join("\n", assets.wrong)));
        }
        return assets.seen;
    }

    private void ask(URI at) throws IOException, InterruptedException {
        HttpResponse<String> answer = berth.get(host, at.toString());
        String type = answer.headers().firstValue("content-type").orElse("none");
        seen.put(at.toString(), type);
        String path = at.getPath();
        String end = path.substring(path.lastIndexOf('.') + 1);
        String expected =
                path.startsWith("/_next/image")
                        ? "image/.*"
                        : TYPES.getOrDefault(end, "text/html.*");
        if (answer.statusCode() != 200 || !type.matches(expected) || answer.body().isEmpty()) {
            wrong.add("%s: %d, %s".formatted(at, answer.statusCode(), type));
            return;
        }
        if (type.startsWith("text/html")) {
            IN_PAGES.forEach(pattern -> follow(at, pattern, answer.body()));
            Matcher candidates = CANDIDATES.matcher(answer.body());
            while (candidates.find()) {
                for (String each : candidates.group(1).split(",", -1)) {
                    add(at, each.strip().split("\\s", 2)[0]);
                }
            }
        } else if (end.equals("css")) {
            follow(at, IN_STYLES, answer.body());
        } else if (end.equals("js")) {
            IN_SCRIPTS.forEach(pattern -> follow(at, pattern, answer.body()));
        }
    }

    private void follow(URI from, Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        while (found.find()) {
            add(from, found.group(1));
        }
    }

    private void add(URI from, String reference) {
        String plain = reference.replace("&amp;", "&").replaceFirst("#.*$", "");
        if (plain.isEmpty() || plain.matches("(?:[a-z]+:|//).*")) {
            return;
        }
        // bundlers name late chunks without the place that they put all of them below
        if (plain.startsWith("static/chunks/")) {
            plain = "/_next/" + plain;
        } else if (plain.startsWith("assets/")) {
            plain = "/" + plain;
        }
        toAsk.add(from.resolve(plain));
    }
}

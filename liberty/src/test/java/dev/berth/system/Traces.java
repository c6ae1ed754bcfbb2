package dev.berth.system;

import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where texts are in all that a Berth lets be seen or leaves behind. Keeps none of it: that may be
 * more than fits into memory. Confined to one thread.
 */
final class Traces {
    /** A page's links, and the paths in JSON. */
    private static final Pattern LINK =
            Pattern.compile("(?:href|src)=\"(/[^\"#]*)\"|\"(/(?:api|resources|passes)[^\"]*)\"");

    private static final Pattern RESOURCE =
            Pattern.compile("\\b(app|secret|alert|instance)/[a-z0-9-]+");
    private static final Pattern PASS = Pattern.compile("\"(?:id|pass)\":\"([0-9a-f]{12})\"");
    private static final int MOST_PAGES = 400;

    private final Berth berth;
    private final Collection<String> wanted;
    private final SortedSet<String> places = new TreeSet<>();
    private final Map<String, SortedSet<String>> found = new HashMap<>();
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /**
     * @param wanted may grow between two looks
     */
    Traces(Berth berth, Collection<String> wanted) {
        this.berth = berth;
        this.wanted = wanted;
    }

    /** Looks everywhere. What was found before counts as well. */
    void look() throws Exception {
        crawl();
        listen();
        for (List<String> verb :
                List.of(
                        List.of("plan", "main"),
                        List.of("plan", "main", "--json"),
                        List.of("status"),
                        List.of("status", "--json"),
                        List.of("validate", berth.clone.toString()),
                        List.of("logs", "shop"),
                        List.of("logs", "control"),
                        List.of("logs", "edge"))) {
            add(
                    "./berth " + String.join(" ", verb),
                    berth.launcher(verb.toArray(String[]::new)).output());
        }
        for (Container container : berth.containers.all()) {
            add("labels of " + container.getNames()[0], container.getLabels().toString());
        }
        files();
        tables();
    }

    private void add(String place, String text) {
        places.add(place);
        for (String value : wanted) {
            if (forms(value).stream().anyMatch(text::contains)) {
                found.computeIfAbsent(value, _ -> new TreeSet<>()).add(place);
            }
        }
    }

    /** Every page and answer that leads from the first ones. */
    private void crawl() throws IOException, InterruptedException {
        Set<String> known = new HashSet<>();
        Deque<String> next = new ArrayDeque<>();
        List.of(
                        "/",
                        "/passes",
                        "/events",
                        "/metrics",
                        "/health",
                        "/api/v1",
                        "/api/v1/resources",
                        "/api/v1/plan",
                        "/api/v1/passes",
                        "/api/v1/events",
                        "/api/v1/diagnostics")
                .forEach(next::add);
        while (!next.isEmpty() && known.size() < MOST_PAGES) {
            String path = next.remove();
            if (path.contains("/stream") || !known.add(path)) {
                continue;
            }
            for (String accept : List.of("text/html", "application/json")) {
                String text = get(path, accept);
                add("http " + path, text);
                next.addAll(links(text));
            }
        }
    }

    private static List<String> links(String text) {
        List<String> found = new ArrayList<>();
        LINK.matcher(text)
                .results()
                .forEach(link -> found.add(link.group(1) == null ? link.group(2) : link.group(1)));
        for (Matcher resource = RESOURCE.matcher(text); resource.find(); ) {
            String id = resource.group();
            found.add("/resources/" + id);
            found.add("/api/v1/resources/" + id);
            if (id.startsWith("app/")) {
                found.add("/api/v1/apps/" + id.substring(4) + "/log");
                found.add("/api/v1/apps/" + id.substring(4) + "/traffic");
            }
        }
        for (Matcher pass = PASS.matcher(text); pass.find(); ) {
            found.add("/passes/" + pass.group(1));
            found.add("/api/v1/passes/" + pass.group(1));
        }
        return found;
    }

    private String get(String path, String accept) throws IOException, InterruptedException {
        HttpResponse<String> response =
                client.send(request(path, accept).build(), HttpResponse.BodyHandlers.ofString());
        return response.headers().map() + "\n" + response.body();
    }

    private HttpRequest.Builder request(String path, String accept) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + berth.control + path))
                .header("Accept", accept)
                .timeout(Duration.ofSeconds(20));
    }

    /** What a page that stays open is told first: all of how things stand. */
    private void listen() throws IOException, InterruptedException {
        HttpResponse<Stream<String>> stream =
                client.send(
                        request("/api/v1/stream", "text/event-stream").build(),
                        HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = stream.body()) {
            add("stream", String.join("\n", lines.limit(3).toList()));
        }
    }

    /** All of the home but what is there to be secret. */
    private void files() throws IOException {
        try (Stream<Path> files = Files.walk(berth.home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.startsWith(berth.home.resolve("keys"))) {
                    try {
                        add("file " + berth.home.relativize(file), bytes(file));
                    } catch (NoSuchFileException _) { // gone meanwhile
                    }
                }
            }
        }
    }

    private static String bytes(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    private void tables() throws IOException, SQLException {
        Map<String, String> settings = new TreeMap<>();
        for (String line : Files.readAllLines(berth.home.resolve("run/postgres.env"))) {
            int equals = line.indexOf('=');
            settings.put(line.substring(0, equals), line.substring(equals + 1));
        }
        String password =
                Files.readString(Path.of(settings.get("BERTH_DATABASE_PASSWORD_FILE"))).strip();
        try (Connection database =
                        DriverManager.getConnection(
                                settings.get("BERTH_DATABASE_URL"),
                                settings.get("BERTH_DATABASE_USER"),
                                password);
                Statement statement = database.createStatement()) {
            for (String table :
                    column(
                            statement,
                            "select quote_ident(table_name) from information_schema.tables"
                                    + " where table_schema = 'public'")) {
                add(
                        "table " + table,
                        String.join(
                                "\n", column(statement, "select t::text from " + table + " t")));
            }
        }
    }

    private static List<String> column(Statement statement, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    /** As it is, in base64, or in UTF-16. */
    private static List<String> forms(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return List.of(
                value,
                Base64.getEncoder().withoutPadding().encodeToString(bytes),
                new String(value.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1));
    }

    /** Where one of the wanted texts is. */
    Set<String> of(String value) {
        return found.getOrDefault(value, Collections.emptySortedSet());
    }

    /** All places that were looked at. */
    Set<String> places() {
        return places;
    }
}

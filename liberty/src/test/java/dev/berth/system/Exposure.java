package dev.berth.system;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * All that a Berth lets be seen and leaves behind: pages and API, its stream, what the launcher
 * prints, how processes and containers were started, the home, the database. Confined to one
 * thread.
 */
final class Exposure {
    private final Berth berth;
    private final Traces traces;
    private final Set<String> images = new TreeSet<>();
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    Exposure(Berth berth, Traces traces) {
        this.berth = berth;
        this.traces = traces;
    }

    /** Looks everywhere. */
    void look() throws IOException, InterruptedException, SQLException {
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
            traces.see(
                    "./berth " + String.join(" ", verb),
                    berth.launcher(verb.toArray(String[]::new)).output());
        }
        for (String process : List.of("control", "edge", "postgres")) {
            Path arguments = Path.of("/proc/" + berth.pid(process) + "/cmdline");
            traces.see("command line of " + process, Files.readAllBytes(arguments));
        }
        berth.containers.all().forEach(this::container);
        for (Container container : berth.containers.all()) {
            image(container);
        }
        files("file ", berth.home, this::isOpen);
        files("database ", berth.postgresData(), _ -> true);
        tables();
    }

    /** Every page and answer that leads from the first ones. */
    private void crawl() throws IOException, InterruptedException {
        Links links = new Links();
        for (String path = links.next(); path != null; path = links.next()) {
            for (String accept : List.of("text/html", "application/json", "text/plain")) {
                HttpResponse<String> answer =
                        client.send(
                                request(path, accept).build(),
                                HttpResponse.BodyHandlers.ofString());
                String text = answer.headers().map() + "\n" + answer.body();
                traces.see("http " + path, text);
                links.addAllOf(text);
            }
        }
    }

    private HttpRequest.Builder request(String path, String accept) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + berth.control + path))
                .header("Accept", accept)
                .timeout(Duration.ofSeconds(20));
    }

    /** What a page that stays open is told first: how each resource stands, and then the pass. */
    private void listen() throws IOException, InterruptedException {
        HttpResponse<Stream<String>> stream =
                client.send(
                        request("/api/v1/stream", "text/event-stream").build(),
                        HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = stream.body()) {
            traces.see(
                    "stream",
                    String.join(
                            "\n",
                            lines.limit(1000).takeWhile(l -> !l.matches("event: *pass")).toList()));
        }
    }

    /** All that the engine tells of it but what it is given to work with. */
    private void container(Container container) {
        InspectContainerResponse all = berth.containers.inspect(container);
        ContainerConfig config = all.getConfig();
        String name = container.getNames()[0];
        traces.see("labels of " + name, container.getLabels().toString());
        traces.see(
                "command of " + name,
                Arrays.toString(config.getCmd()) + Arrays.toString(config.getEntrypoint()));
        traces.see(
                "start of " + name,
                all.getPath() + Arrays.toString(all.getArgs()) + all.getHostConfig());
    }

    /** Its settings, how it was made, and every file of every layer; those of Berth only. */
    private void image(Container container) throws IOException {
        String name = container.getImage();
        if (name.startsWith("berth/") && images.add(name)) {
            traces.see(
                    "settings of " + name,
                    berth.containers.docker().inspectImageCmd(name).exec().toString());
            try (InputStream layers = berth.containers.docker().saveImageCmd(name).exec()) {
                traces.see("layers of " + name, layers.readAllBytes());
            }
        }
    }

    /** Not what is there to be secret, nor the programs of control and the database. */
    private boolean isOpen(Path file) {
        return !file.startsWith(berth.home.resolve("keys"))
                && !file.startsWith(berth.unpacked())
                && !(file.startsWith(berth.home.resolve("postgres"))
                        && !file.startsWith(berth.home.resolve("postgres/data")));
    }

    private void files(String what, Path directory, Predicate<Path> which) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).filter(which).toList()) {
                try {
                    traces.see(what + directory.relativize(file), Files.readAllBytes(file));
                } catch (NoSuchFileException _) { // gone meanwhile
                }
            }
        }
    }

    private void tables() throws IOException, SQLException {
        Map<String, String> settings = berth.database();
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
                traces.see(
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
}

package dev.berth.liberty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the server under test over HTTP, and reads its answers. */
final class ControlClient {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create(
                                "http://127.0.0.1:%s%s"
                                        .formatted(System.getProperty(TestServer.PORT), path)))
                .timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<String> get(String path, String header, String value)
            throws IOException, InterruptedException {
        return send(request(path).header(header, value));
    }

    /** What an address answers, which must be JSON and a success. */
    JsonNode json(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as("GET %s: %s", path, answer.body()).isEqualTo(200);
        assertThat(header(answer, "Content-Type")).startsWith("application/json");
        return JSON.readTree(answer.body());
    }

    /** How every resource stands. */
    JsonNode listing() throws IOException, InterruptedException {
        return json("/api/v1/resources");
    }

    /** A part of what health says. */
    JsonNode check(String name) throws IOException, InterruptedException {
        for (JsonNode check : json("/health/ready").path("checks")) {
            if (check.path("name").asString().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("no check is named " + name);
    }

    /** A field of every item of a list, page by page. */
    List<String> walk(String path, String field) throws IOException, InterruptedException {
        List<String> found = new ArrayList<>();
        JsonNode page = json(path);
        while (true) {
            page.path("items").forEach(item -> found.add(item.path(field).asString()));
            if (page.path("next").isMissingNode()) {
                return found;
            }
            page = json(path + "&cursor=" + page.path("next").asString());
        }
    }

    /** Tells what an edge would. */
    HttpResponse<String> report(String body) throws IOException, InterruptedException {
        return send(
                asEdge("/edge/v1/reports")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
    }

    static HttpRequest.Builder asEdge(String path) {
        return request(path).header("Authorization", "Bearer " + TestServer.EDGE_TOKEN);
    }

    /** Reads an answer that does not end, line by line, until the future is cancelled. */
    CompletableFuture<?> follow(String path, List<String> lines) {
        return client.sendAsync(
                request(path).header("Accept", "text/event-stream").build(),
                BodyHandlers.fromLineSubscriber(new Lines(lines)));
    }

    /** Checks that an answer is problem details as RFC 9457 has them, and gives them back. */
    static JsonNode problem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode())
                .as("%s: %s", answer.request().uri(), answer.body())
                .isEqualTo(status);
        assertThat(header(answer, "Content-Type")).startsWith("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("type").asString()).startsWith("urn:berth:problem:");
        assertThat(problem.path("title").asString()).isNotBlank();
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("instance").asString()).isEqualTo(answer.request().uri().getPath());
        assertThat(answer.body()).doesNotContain("RESTEASY", "Exception");
        return problem;
    }

    /** A header's first value; empty when there is none. */
    static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    /** The ids in a list. */
    static List<String> ids(JsonNode listing) {
        return listing.path("items").valueStream().map(i -> i.path("id").asString()).toList();
    }

    /** An array of texts. */
    static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    static JsonNode read(String json) {
        return JSON.readTree(json);
    }

    /** Keeps each line. */
    private record Lines(List<String> lines) implements Flow.Subscriber<String> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            lines.add(line);
        }

        @Override
        public void onError(Throwable failure) {
            lines.add("failed: " + failure);
        }

        @Override
        public void onComplete() {
            lines.add("ended");
        }
    }
}

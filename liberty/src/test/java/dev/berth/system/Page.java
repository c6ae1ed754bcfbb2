package dev.berth.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks an edge on this machine for pages. Confined to one thread. */
final class Page {
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final URI uri;

    Page(int port) {
        uri = URI.create("http://127.0.0.1:" + port + "/");
    }

    HttpResponse<String> get(String host) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri)
                        .header("Host", host)
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** 0 where nobody answers. */
    int status(String host) throws InterruptedException {
        try {
            return get(host).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }
}

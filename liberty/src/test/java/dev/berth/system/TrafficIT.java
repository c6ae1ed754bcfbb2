package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What documents say about requests is kept: guards, pages, canaries, files of earlier releases.
 */
class TrafficIT {
    private static final String SALT = "0123456789abcdef";

    @TempDir static Path directory;
    private static Berth berth = new Berth();

    @BeforeAll
    static void up() throws Exception {
        berth = new Berth(directory);
        writeSite();
        berth.write("guards.yaml", guards())
                .write("errors/404.html", "<h1>Lost at sea: {{request}}</h1>")
                .write("shop.yaml", Apps.answering("shop", "old", "  traffic: {maxBody: 1Ki}\n"))
                .write("next.yaml", Apps.answering("shop-next", "new"))
                .write(
                        "www.yaml",
                        www("canary: {app: shop-next, header: {name: X-Canary, value: beta}}"))
                .push("begin")
                .up();
        berth.awaitBody("shop", "/", "old");
        berth.awaitBody("shop-next", "/", "new");
        berth.awaitBody("site", "/", "one");
        for (String guarded : List.of("wall", "closed", "hurried")) {
            // No request: one of them counts requests.
            berth.awaitCondition("app/" + guarded, "Ready", "True");
        }
    }

    @AfterAll
    static void down() {
        berth.close();
    }

    private static void writeSite() throws IOException {
        berth.write("site/index.html", "<title>one</title>")
                .write("site/app.1f2e3d4c.js", "one()")
                .write("site/data.txt", "plain");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write("encoded beforehand".getBytes(StandardCharsets.UTF_8));
        }
        Files.write(berth.clone.resolve("site/data.txt.gz"), bytes.toByteArray());
    }

    private static String guards() throws Exception {
        byte[] hash =
                MessageDigest.getInstance("SHA-256")
                        .digest((SALT + "ahoy").getBytes(StandardCharsets.UTF_8));
        return site("site", "{headers: {nosniff: true, frame: deny}, errorPages: {path: errors},")
                + "    responseHeaders: {X-Robots-Tag: noindex}}\n"
                + site("wall", "{basicAuth: {realm: harbour, users: {ada: ")
                + "    'sha256:%s:%s'}}}\n".formatted(SALT, HexFormat.of().formatHex(hash))
                + site("closed", "{deny: [127.0.0.0/8], errorPages: {pages: {")
                + "    4xx: '<h1>Members only</h1>'}}}\n"
                + site("hurried", "{rateLimit: {requests: 1, per: 1h, burst: 3}}");
    }

    private static String site(String name, String traffic) {
        return """
        ---
        apiVersion: berth/v1
        kind: App
        metadata: {name: %s}
        spec:
          static: {path: site}
          traffic: %s
        """
                .formatted(name, traffic);
    }

    private static String www(String canary) {
        return """
        apiVersion: berth/v1
        kind: Domain
        metadata: {name: www}
        spec:
          host: www.localhost
          routes:
            - {app: shop, %s}
        """
                .formatted(canary);
    }

    @Test
    void headersAndPages_areTheDocuments() throws Exception {
        HttpResponse<String> page = berth.get("site.localhost", "/");
        HttpResponse<String> lost = berth.get("site.localhost", "/lost", "Accept", "text/html");

        assertThat(page.headers().map())
                .containsEntry("x-content-type-options", List.of("nosniff"))
                .containsEntry("x-frame-options", List.of("DENY"))
                .containsEntry("x-robots-tag", List.of("noindex"));
        assertThat(lost.statusCode()).isEqualTo(404);
        assertThat(lost.body())
                .isEqualTo(
                        "<h1>Lost at sea: %s</h1>"
                                .formatted(
                                        lost.headers().firstValue("x-request-id").orElseThrow()));
    }

    @Test
    void wall_letsInWhoKnowsThePassword() throws Exception {
        HttpResponse<String> stranger = berth.get("wall.localhost", "/");

        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(stranger.headers().firstValue("www-authenticate").orElse(""))
                .contains("Basic", "harbour");
        assertThat(
                        berth.get("wall.localhost", "/", "Authorization", "Basic YWRhOmFob3k=")
                                .statusCode())
                .isEqualTo(200);
        assertThat(
                        berth.get("wall.localhost", "/", "Authorization", "Basic YWRhOndyb25n")
                                .statusCode())
                .isEqualTo(401);
    }

    @Test
    void deniedNetworkAndTooManyAndTooLarge_areRefused() throws Exception {
        assertThat(berth.get("closed.localhost", "/", "Accept", "text/html"))
                .returns(403, HttpResponse::statusCode)
                .returns("<h1>Members only</h1>", HttpResponse::body);
        for (int i = 0; i < 3; i++) {
            assertThat(berth.get("hurried.localhost", "/").statusCode()).isEqualTo(200);
        }
        HttpResponse<String> refused = berth.get("hurried.localhost", "/");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValueAsLong("retry-after").orElse(0)).isPositive();
        assertThat(berth.post("shop.localhost", "/", "x".repeat(1024)).statusCode()).isEqualTo(200);
        assertThat(berth.post("shop.localhost", "/", "x".repeat(1025)).statusCode()).isEqualTo(413);
    }

    @Test
    void files_newRelease_keepsServingTheAssetsOfTheOldOne() throws Exception {
        HttpResponse<String> encoded =
                berth.get("site.localhost", "/data.txt", "Accept-Encoding", "gzip");
        assertThat(encoded.headers().firstValue("content-encoding")).hasValue("gzip");
        assertThat(berth.get("site.localhost", "/data.txt").body()).isEqualTo("plain");

        berth.delete("site/app.1f2e3d4c.js")
                .write("site/app.5a6b7c8d.js", "two()")
                .write("site/index.html", "<title>two</title>")
                .push("another release");
        berth.awaitBody("site", "/", "two");

        assertThat(berth.get("site.localhost", "/app.5a6b7c8d.js").body()).isEqualTo("two()");
        HttpResponse<String> asset = berth.get("site.localhost", "/app.1f2e3d4c.js");
        assertThat(asset).returns(200, HttpResponse::statusCode);
        assertThat(asset.body()).isEqualTo("one()");
        assertThat(asset.headers().firstValue("cache-control").orElse("")).contains("immutable");
    }

    @Test
    void canary_byHeaderThenByCookieAndWeight_untilItsEnd() throws Exception {
        Set<String> before = berth.containers.ids();
        assertThat(berth.get("www.localhost", "/").body()).isEqualTo("old");
        assertThat(berth.get("www.localhost", "/", "X-Canary", "beta").body()).isEqualTo("new");

        berth.write(
                        "www.yaml",
                        www(
                                "canary: {app: shop-next, weight: 50, cookie: {name: try, value: beta}}"))
                .push("half of them");
        berth.await("both answer", () -> answers().equals(Set.of("old", "new")));
        for (int i = 0; i < 10; i++) {
            assertThat(berth.get("www.localhost", "/", "Cookie", "a=b; try=beta").body())
                    .isEqualTo("new");
        }
        assertThat(berth.api("apps/shop/traffic").toString())
                .contains("50 %, cookie try=beta to shop-next.localhost/");

        berth.write("www.yaml", www("path: /").replace("app: shop,", "app: shop-next,"))
                .push("all of them");
        berth.await("only the new one answers", () -> answers().equals(Set.of("new")));
        assertThat(berth.containers.ids()).as("a canary touches no container").isEqualTo(before);
    }

    private static Set<String> answers() throws Exception {
        Set<String> answers = new TreeSet<>();
        for (int i = 0; i < 30; i++) {
            answers.add(berth.get("www.localhost", "/").body());
        }
        return answers;
    }
}

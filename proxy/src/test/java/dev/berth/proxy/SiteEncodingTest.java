package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.Decoded;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.RawClient.Response;
import dev.berth.proxy.testing.Routes;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoded forms of a site's files, and the assets of its earlier releases. */
class SiteEncodingTest {
    private static final String NEWEST = "c".repeat(40);
    private static final String OLDER = "a".repeat(40);
    private static final String OLDEST = "b".repeat(40);
    private static final String CSS = "body { color: red }\n".repeat(500);

    @TempDir private static Path root;
    private static TestEdge edge;

    @BeforeAll
    static void start() throws IOException {
        write(NEWEST + "/index.html", "<p>new");
        write(NEWEST + "/app.js", "plain");
        write(NEWEST + "/app.js.br", "brotli!");
        write(NEWEST + "/app.js.gz", "gzip");
        write(NEWEST + "/main.css", CSS);
        write(NEWEST + "/new-11111111a.js", "new");
        write(OLDER + "/index.html", "<p>older");
        write(OLDER + "/page.html", "<p>only older");
        write(OLDER + "/app-1a2b3c4d.js", "older");
        write(OLDER + "/new-11111111a.js", "never");
        write(OLDEST + "/app-1a2b3c4d.js", "oldest");
        write(OLDEST + "/app-9f8e7d6c.js", "oldest");
        write("unrelated/app-12345678a.js", "unrelated");
        age(OLDER, 2);
        age(OLDEST, 3);
        edge = TestEdge.start();
        serve(true);
        await().until(
                        () ->
                                "zstd"
                                        .equals(
                                                get("/main.css", "Accept-Encoding: zstd")
                                                        .field("content-encoding")));
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void file_encodedBeforehand_isSentToWhoReadsIt() {
        Response brotli = get("/app.js", "Accept-Encoding: gzip, br");
        Response gzip = get("/app.js", "Accept-Encoding: gzip");
        Response plain = get("/app.js");

        assertThat(brotli.body()).isEqualTo("brotli!");
        assertThat(brotli.field("content-encoding")).isEqualTo("br");
        assertThat(brotli.field("content-type")).startsWith("text/javascript");
        assertThat(gzip.body()).isEqualTo("gzip");
        assertThat(plain.body()).isEqualTo("plain");
        assertThat(plain.field("content-encoding")).isNull();
        assertThat(plain.field("vary")).isEqualTo("Accept-Encoding");
        assertThat(brotli.field("etag"))
                .isNotEqualTo(gzip.field("etag"))
                .isNotEqualTo(plain.field("etag"));
    }

    @Test
    void file_encodedBeforehand_hasRangesAndConditionsOfItsOwn() {
        String tag = "If-None-Match: " + get("/app.js", "Accept-Encoding: br").field("etag");

        Response unchanged = get("/app.js", "Accept-Encoding: br", tag);
        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.field("content-encoding")).isNull();
        assertThat(unchanged.field("vary")).isEqualTo("Accept-Encoding");
        assertThat(get("/app.js", tag).status()).isEqualTo(200);
        Response part = get("/app.js", "Accept-Encoding: br", "Range: bytes=0-2");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("bro");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd"})
    void file_text_isEncodedOnTheFly(String coding) {
        for (int i = 0; i < 3; i++) {
            Response response = get("/main.css", "Accept-Encoding: " + coding);

            assertThat(response.field("content-encoding")).isEqualTo(coding);
            assertThat(response.field("vary")).isEqualTo("Accept-Encoding");
            assertThat(response.field("etag")).isEqualTo("W/" + get("/main.css").field("etag"));
            assertThat(response.body().length()).isLessThan(CSS.length() / 5);
            assertThat(Decoded.body(response)).isEqualTo(CSS);
        }
    }

    @Test
    void file_onTheFly_answersConditionsAndLeavesRangesPlain() {
        String etag = String.valueOf(get("/main.css", "Accept-Encoding: gzip").field("etag"));

        Response same = get("/main.css", "Accept-Encoding: gzip", "If-None-Match: " + etag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.field("etag")).isEqualTo(etag).startsWith("W/");
        Response part = get("/main.css", "Accept-Encoding: gzip", "Range: bytes=0-3");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("body");
        assertThat(part.field("content-encoding")).isNull();
        Response stale =
                get("/main.css", "Accept-Encoding: x", "Range: bytes=0-3", "If-Range: " + etag);
        assertThat(stale.status()).as("a weak tag never holds a range").isEqualTo(200);
    }

    @Test
    void file_compressionOff_isPlain() {
        serve(false);
        try {
            Response response = get("/main.css", "Accept-Encoding: gzip");

            assertThat(response.body()).isEqualTo(CSS);
            assertThat(response.field("vary")).isNull();
        } finally {
            serve(true);
        }
    }

    @Test
    void asset_ofAnEarlierRelease_isServedFromTheNewestThatHasIt() {
        Response asset = get("/app-1a2b3c4d.js");

        assertThat(asset.body()).isEqualTo("older");
        assertThat(asset.field("cache-control")).contains("immutable");
        assertThat(get("/app-9f8e7d6c.js").body()).isEqualTo("oldest");
        assertThat(get("/new-11111111a.js").body()).isEqualTo("new");
    }

    @Test
    void page_ofAnEarlierRelease_isGone() {
        assertThat(get("/page.html").status()).isEqualTo(404);
        assertThat(get("/app-12345678a.js").status()).isEqualTo(404);
        assertThat(get("/../unrelated/app-12345678a.js").status()).isEqualTo(404);
        assertThat(get("/").body()).isEqualTo("<p>new");
    }

    @Test
    void asset_ofAnEarlierReleaseThatWasRemoved_is404() throws IOException {
        String release = "d".repeat(40);
        write(release + "/gone-1234abcd.js", "gone");
        write("e".repeat(40) + "/index.html", "<p>newest of all");
        edge.serve(Routes.route("b.test", "/", new Route.Files(path("e".repeat(40)), false)));
        assertThat(RawClient.get(edge.port(), "b.test", "/gone-1234abcd.js").status())
                .isEqualTo(200);

        Files.delete(root.resolve(release + "/gone-1234abcd.js"));

        assertThat(RawClient.get(edge.port(), "b.test", "/gone-1234abcd.js").status())
                .isEqualTo(404);
        serve(true);
    }

    private static void serve(boolean compress) {
        PolicyOf policy = new PolicyOf();
        edge.serve(
                Routes.route("a.test", "/", new Route.Files(path(NEWEST), false))
                        .with(compress ? policy.compress().build() : policy.build()));
    }

    private static String path(String release) {
        return root.resolve(release).toString();
    }

    private static Response get(String path, String... fields) {
        return RawClient.get(edge.port(), "a.test", path, fields);
    }

    private static void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    private static void age(String release, int days) throws IOException {
        Files.setLastModifiedTime(
                root.resolve(release),
                FileTime.from(Instant.parse("2026-01-05T00:00:00Z").minusSeconds(days * 86_400L)));
    }
}

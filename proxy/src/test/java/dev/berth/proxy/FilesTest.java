package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.RawClient.Response;
import dev.berth.proxy.testing.Routes;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilesTest {
    private static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir private static Path root;
    private static TestEdge edge;

    @BeforeAll
    static void start() throws IOException {
        Path site = Files.createDirectories(root.resolve("site"));
        write("site/index.html", "<p>home");
        write("site/404.html", "<p>lost");
        write("site/docs/index.html", "<p>docs");
        write("site/digits.txt", "0123456789");
        write("site/empty.txt", "");
        write("site/assets/app-3f9a1c2b.js", "js");
        write("site/main.8c1d2e3f.css", "css");
        write("site/caf\u00e9 x.txt", "caf\u00e9");
        write("site/.env", "SECRET");
        write("site/.git/config", "SECRET");
        write("site/.well-known/security.txt", "contact");
        write("secret.txt", "SECRET");
        Files.createSymbolicLink(site.resolve("escape.txt"), root.resolve("secret.txt"));
        Files.createSymbolicLink(site.resolve("escape"), root);
        Files.createSymbolicLink(site.resolve("env.txt"), Path.of(".env"));
        Files.createSymbolicLink(site.resolve("alias.txt"), Path.of("digits.txt"));
        Files.createSymbolicLink(site.resolve("dangling.txt"), Path.of("nothing"));
        try (var big = Files.newOutputStream(site.resolve("big.bin"))) {
            byte[] piece = "0123456789abcdef".repeat(4096).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 512; i++) {
                big.write(piece);
            }
        }
        Path spa = Files.createDirectories(root.resolve("spa"));
        write("spa/index.html", "<p>app");
        edge =
                TestEdge.start()
                        .serve(
                                Routes.route(
                                        "s.test", "/", new Route.Files(site.toString(), false)),
                                Routes.route(
                                        "spa.test", "/", new Route.Files(spa.toString(), true)));
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void get_page_hasTypeTagDateAndMustBeAskedFor() {
        Response response = get("/");

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("<p>home");
        assertThat(response.field("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(response.field("etag")).matches("\"[0-9a-f]{24}\"");
        assertThat(response.field("last-modified")).isEqualTo("Fri, 02 Jan 2026 03:04:05 GMT");
        assertThat(response.field("cache-control")).isEqualTo("no-cache");
        assertThat(response.field("x-content-type-options")).isEqualTo("nosniff");
        assertThat(response.field("date")).endsWith("GMT");
    }

    @Test
    void get_hashedName_isImmutable() {
        String forever = "public, max-age=31536000, immutable";

        assertThat(get("/assets/app-3f9a1c2b.js").field("cache-control")).isEqualTo(forever);
        assertThat(get("/main.8c1d2e3f.css").field("cache-control")).isEqualTo(forever);
        assertThat(get("/digits.txt").field("cache-control")).isNotEqualTo(forever);
    }

    @Test
    void get_directory_redirectsToItsSlashAndServesItsIndex() {
        Response redirect = get("/docs?a=b");

        assertThat(redirect.status()).isEqualTo(308);
        assertThat(redirect.field("location")).isEqualTo("/docs/?a=b");
        assertThat(get("/docs/").body()).isEqualTo("<p>docs");
        assertThat(get("//docs").field("location")).isEqualTo("/docs/");
    }

    @Test
    void get_encodedName_isFound() {
        assertThat(get("/caf%C3%A9%20x.txt").body())
                .isEqualTo(
                        new String(
                                "caf\u00e9".getBytes(StandardCharsets.UTF_8),
                                StandardCharsets.ISO_8859_1));
    }

    @Test
    void get_unknownName_isTheSites404Page() {
        Response response = get("/nothing");

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.body()).isEqualTo("<p>lost");
        assertThat(response.field("content-type")).startsWith("text/html");
        assertThat(response.field("etag")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../secret.txt",
                "/%2e%2e/secret.txt",
                "/..%2fsecret.txt",
                "/%2e%2e%2fsecret.txt",
                "/docs/../../secret.txt",
                "/..%5csecret.txt",
                "/....//secret.txt",
                "/escape.txt",
                "/escape/secret.txt",
                "/env.txt",
                "/.env",
                "/%2eenv",
                "/.git/config",
                "/dangling.txt",
                "/digits.txt%00",
                "/digits.txt%00.html",
                "/digits.txt/",
                "/%ff",
                "/%",
                "/%zz"
            })
    void get_pathOutsideOrHidden_is404(String path) {
        Response response = get(path);

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.body()).doesNotContain("SECRET");
    }

    @Test
    void get_linkInsideAndWellKnown_areServed() {
        assertThat(get("/alias.txt").body()).isEqualTo("0123456789");
        assertThat(get("/.well-known/security.txt").body()).isEqualTo("contact");
    }

    @Test
    void get_range_isPartial() {
        Response middle = get("/digits.txt", "Range: bytes=2-4");
        assertThat(middle.status()).isEqualTo(206);
        assertThat(middle.body()).isEqualTo("234");
        assertThat(middle.field("content-range")).isEqualTo("bytes 2-4/10");
        assertThat(get("/digits.txt", "Range: bytes=7-").body()).isEqualTo("789");
        assertThat(get("/digits.txt", "Range: bytes=-3").body()).isEqualTo("789");
        assertThat(get("/digits.txt", "Range: bytes=8-100").body()).isEqualTo("89");

        Response beyond = get("/digits.txt", "Range: bytes=10-");
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.field("content-range")).isEqualTo("bytes */10");
        assertThat(get("/digits.txt", "Range: bytes=0-1,3-4").status()).isEqualTo(200);
        assertThat(get("/digits.txt", "Range: bytes=5-2").status()).isEqualTo(200);
        assertThat(get("/digits.txt", "Range: lines=1-2").status()).isEqualTo(200);
    }

    @Test
    void get_conditions_areEvaluated() {
        String etag = String.valueOf(get("/digits.txt").field("etag"));
        String date = "Fri, 02 Jan 2026 03:04:05 GMT";

        Response same = get("/digits.txt", "If-None-Match: " + etag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.field("etag")).isEqualTo(etag);
        assertThat(same.field("cache-control")).isNotNull();
        assertThat(get("/digits.txt", "If-None-Match: \"x\", W/" + etag).status()).isEqualTo(304);
        assertThat(get("/digits.txt", "If-None-Match: \"x\"").status()).isEqualTo(200);
        assertThat(get("/digits.txt", "If-Modified-Since: " + date).status()).isEqualTo(304);
        assertThat(
                        get("/digits.txt", "If-None-Match: \"x\"", "If-Modified-Since: " + date)
                                .status())
                .isEqualTo(200);
        assertThat(get("/digits.txt", "If-Match: \"x\"").status()).isEqualTo(412);
        assertThat(get("/digits.txt", "Range: bytes=0-1", "If-Range: " + etag).status())
                .isEqualTo(206);
        assertThat(get("/digits.txt", "Range: bytes=0-1", "If-Range: \"x\"").status())
                .isEqualTo(200);
        assertThat(get("/digits.txt", "Range: bytes=0-1", "If-Range: W/" + etag).status())
                .isEqualTo(200);
    }

    @Test
    void head_and304_haveNoBodyAndKeepTheConnection() {
        try (RawClient client = RawClient.connect(edge.port())) {
            client.send("HEAD /digits.txt HTTP/1.1\r\nHost: s.test\r\n\r\n");
            assertThat(client.response(false).field("content-length")).isEqualTo("10");
            client.send("GET /digits.txt HTTP/1.1\r\nHost: s.test\r\nIf-None-Match: *\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(304);
            client.send("GET /empty.txt HTTP/1.1\r\nHost: s.test\r\n\r\n");
            assertThat(client.response().field("content-length")).isEqualTo("0");
            client.send("HEAD /nothing HTTP/1.1\r\nHost: spa.test\r\n\r\n");
            assertThat(client.response(false).status()).isEqualTo(200);
            client.send("HEAD / HTTP/1.1\r\nHost: unknown.test\r\n\r\n");
            assertThat(client.response(false).status()).isEqualTo(404);
            client.send("GET /digits.txt HTTP/1.1\r\nHost: s.test\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("0123456789");
        }
    }

    @Test
    void client_sendsItsEndWithTheRequest_isAnswered() throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), edge.port())) {
            client.getOutputStream()
                    .write(
                            "GET /digits.txt HTTP/1.1\r\nHost: s.test\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            client.setSoTimeout(10_000);

            assertThat(
                            new String(
                                    client.getInputStream().readAllBytes(),
                                    StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void head_withRange_isOfTheWhole() {
        for (String range : List.of("bytes=2-4", "bytes=10-")) {
            try (RawClient client = RawClient.connect(edge.port())) {
                client.send(
                        "HEAD /digits.txt HTTP/1.1\r\nHost: s.test\r\nRange: "
                                + range
                                + "\r\n\r\n");
                Response head = client.response(false);
                assertThat(head.status()).isEqualTo(200);
                assertThat(head.field("content-length")).isEqualTo("10");
                assertThat(head.field("content-range")).isNull();
            }
        }
    }

    @Test
    void post_isRefusedAndASmallBodyDoesNotCostTheConnection() {
        try (RawClient client = RawClient.connect(edge.port())) {
            client.send("POST / HTTP/1.1\r\nHost: s.test\r\nContent-Length: 5\r\n\r\n");
            Response refused = client.response();
            assertThat(refused.status()).isEqualTo(405);
            assertThat(refused.field("allow")).isEqualTo("GET, HEAD");
            client.send("helloGET /digits.txt HTTP/1.1\r\nHost: s.test\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("0123456789");
        }
    }

    @Test
    void get_spa_answersPagesButNotMissingAssets() {
        assertThat(RawClient.get(edge.port(), "spa.test", "/any/where").body()).isEqualTo("<p>app");
        assertThat(RawClient.get(edge.port(), "spa.test", "/user/j.doe").body())
                .isEqualTo("<p>app");
        assertThat(RawClient.get(edge.port(), "spa.test", "/gone.js").status()).isEqualTo(404);
    }

    @Test
    void get_largeFile_arrivesWholeAlsoPipelined() throws IOException {
        try (RawClient client = RawClient.connect(edge.port())) {
            String request = "GET /big.bin HTTP/1.1\r\nHost: s.test\r\n\r\n";
            client.send(request + request);
            for (int i = 0; i < 2; i++) {
                assertThat(client.conversation().readHead()).contains("content-length: 33554432");
                byte[] buffer = new byte[1 << 16];
                for (int piece = 0; piece < 512; piece++) {
                    int read = client.conversation().in().readNBytes(buffer, 0, buffer.length);
                    assertThat(read).isEqualTo(buffer.length);
                    assertThat(buffer[0]).isEqualTo((byte) '0');
                    assertThat(buffer[buffer.length - 1]).isEqualTo((byte) 'f');
                }
            }
        }
    }

    @Test
    void get_largeFileClientLeaves_isLoggedAndClosed() {
        try (RawClient client = RawClient.connect(edge.port())) {
            client.send("GET /big.bin?leaving HTTP/1.1\r\nHost: s.test\r\n\r\n");
            assertThat(client.conversation().socket().isConnected()).isTrue();
        }
        await().until(
                        () ->
                                edge.accessLog().stream()
                                        .anyMatch(
                                                line ->
                                                        line.contains("leaving")
                                                                && line.contains("client gone")));
    }

    private static void write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
    }

    private static Response get(String path, String... fields) {
        return RawClient.get(edge.port(), "s.test", path, fields);
    }
}

package dev.berth.reconciler.certificate.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.berth.reconciler.certificate.DnsException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CloudflareTest extends ProviderContract {
    @Override
    FakeApi fake() {
        return new Fake();
    }

    @Override
    ZoneApi adapter(ProviderHttp http, Credential secret) {
        return new Cloudflare(http, secret);
    }

    @Override
    String path() {
        return "/client/v4";
    }

    @Override
    String kept(String value) {
        return '"' + value + '"';
    }

    @Test
    void remove_olderRecordWithoutQuotes_isFound() throws DnsException {
        try (FakeApi api = new Fake();
                HttpClient client = HttpClient.newHttpClient()) {
            api.texts("a.example.com").add("digest");
            Cloudflare cloudflare =
                    new Cloudflare(
                            new ProviderHttp(
                                    "Fake", api.base(path()), client, Duration.ofSeconds(10)),
                            new Credential(
                                    new dev.berth.schemas.config.EnvValue.FromSecret("a.b"),
                                    _ -> dev.berth.reconciler.secret.Secret.of(TOKEN)));

            cloudflare.remove(
                    new ZoneApi.Entry(
                            new ZoneApi.Zone("z-example.com", "example.com"),
                            "a.example.com",
                            "digest"));

            assertThat(api.texts("a.example.com")).isEmpty();
        }
    }

    private static final class Fake extends FakeApi {
        @Override
        boolean knows(HttpExchange exchange, String body) {
            return ("Bearer " + TOKEN)
                    .equals(exchange.getRequestHeaders().getFirst("Authorization"));
        }

        @Override
        Reply stranger() {
            return Reply.json(
                    403,
                    Map.of(
                            "success",
                            false,
                            "errors",
                            List.of(Map.of("code", 9109, "message", "Invalid access token"))));
        }

        @Override
        Reply answer(Asked asked) {
            List<String> path = asked.path();
            if (path.size() == 3) {
                String name = asked.query().getOrDefault("name", "");
                return result(
                        zones.contains(name)
                                ? List.of(Map.of("id", "z-" + name, "name", name))
                                : List.of());
            }
            String zone = path.get(3).substring(2);
            return switch (asked.method()) {
                case "GET" -> {
                    String name = asked.query().getOrDefault("name", "");
                    List<Map<String, String>> found = new ArrayList<>();
                    for (String value : texts(name)) {
                        found.add(
                                Map.of(
                                        "id",
                                        name + "!" + value.replace("\"", "Q"),
                                        "content",
                                        value));
                    }
                    yield result(found);
                }
                case "POST" -> {
                    Map<String, Object> record = asked.json();
                    String name = String.valueOf(record.get("name"));
                    assertThat(record).containsEntry("type", "TXT").containsEntry("ttl", 60);
                    assertThat(name).endsWith(zone);
                    written = zone;
                    texts(name).add(String.valueOf(record.get("content")));
                    yield result(Map.of("id", "new"));
                }
                case "DELETE" -> {
                    String id = path.get(5);
                    int at = id.indexOf('!');
                    texts(id.substring(0, at)).remove(id.substring(at + 1).replace("Q", "\""));
                    yield result(Map.of("id", path.get(5)));
                }
                default -> throw new AssertionError(asked.line());
            };
        }

        private static Reply result(Object result) {
            return Reply.json(200, Map.of("success", true, "errors", List.of(), "result", result));
        }
    }
}

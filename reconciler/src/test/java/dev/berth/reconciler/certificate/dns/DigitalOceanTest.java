package dev.berth.reconciler.certificate.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class DigitalOceanTest extends ProviderContract {
    @Override
    FakeApi fake() {
        return new Fake();
    }

    @Override
    ZoneApi adapter(ProviderHttp http, Credential secret) {
        return new DigitalOcean(http, secret);
    }

    @Override
    String path() {
        return "/v2";
    }

    @Override
    String kept(String value) {
        return value;
    }

    private static final class Fake extends FakeApi {
        private final List<List<String>> ids = new ArrayList<>();

        @Override
        boolean knows(HttpExchange exchange, String body) {
            return ("Bearer " + TOKEN)
                    .equals(exchange.getRequestHeaders().getFirst("Authorization"));
        }

        @Override
        Reply stranger() {
            return Reply.json(
                    401, Map.of("id", "unauthorized", "message", "Unable to authenticate you"));
        }

        @Override
        Reply answer(Asked asked) {
            List<String> path = asked.path();
            String zone = path.get(2);
            if (!zones.contains(zone)) {
                return Reply.json(404, Map.of("id", "not_found", "message", "not found"));
            }
            if (path.size() == 3) {
                return Reply.json(200, Map.of("domain", Map.of("name", zone)));
            }
            return switch (asked.method()) {
                case "GET" -> {
                    String name = asked.query().getOrDefault("name", "");
                    List<Map<String, Object>> found = new ArrayList<>();
                    for (String value : texts(name)) {
                        ids.add(List.of(name, value));
                        found.add(Map.of("id", ids.size() - 1, "type", "TXT", "data", value));
                    }
                    yield Reply.json(200, Map.of("domain_records", found));
                }
                case "POST" -> {
                    Map<String, Object> record = asked.json();
                    String name = String.valueOf(record.get("name"));
                    assertThat(record).containsEntry("type", "TXT").containsEntry("ttl", 60);
                    written = zone;
                    texts(name.equals("@") ? zone : name + "." + zone)
                            .add(String.valueOf(record.get("data")));
                    yield Reply.json(201, Map.of("domain_record", Map.of("id", 1)));
                }
                case "DELETE" -> {
                    List<String> id = ids.get(Integer.parseInt(path.get(4)));
                    texts(id.getFirst()).remove(id.getLast());
                    yield Reply.of(204, "");
                }
                default -> throw new AssertionError(asked.line());
            };
        }
    }
}

package dev.berth.reconciler.certificate.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.util.List;
import java.util.Map;

class HetznerTest extends ProviderContract {
    @Override
    FakeApi fake() {
        return new Fake();
    }

    @Override
    ZoneApi adapter(ProviderHttp http, Credential secret) {
        return new Hetzner(http, secret, new HurriedClock());
    }

    @Override
    String path() {
        return "/v1";
    }

    @Override
    String kept(String value) {
        return '"' + value + '"';
    }

    private static final class Fake extends FakeApi {
        @Override
        boolean knows(HttpExchange exchange, String body) {
            return ("Bearer " + TOKEN)
                    .equals(exchange.getRequestHeaders().getFirst("Authorization"));
        }

        @Override
        Reply stranger() {
            return fault(401, "unauthorized", "unable to authenticate");
        }

        private static Reply fault(int status, String code, String message) {
            return Reply.json(status, Map.of("error", Map.of("code", code, "message", message)));
        }

        @Override
        Reply answer(Asked asked) {
            List<String> path = asked.path();
            if (path.get(1).equals("actions")) {
                return action("success");
            }
            if (path.size() == 2) {
                String name = asked.query().getOrDefault("name", "");
                return Reply.json(
                        200,
                        Map.of(
                                "zones",
                                zones.contains(name)
                                        ? List.of(Map.of("id", id(name), "name", name))
                                        : List.of()));
            }
            String zone =
                    zones.stream()
                            .filter(name -> Long.toString(id(name)).equals(path.get(2)))
                            .findFirst()
                            .orElseThrow();
            String name = path.get(4).equals("@") ? zone : path.get(4) + "." + zone;
            assertThat(path.get(5)).isEqualTo("TXT");
            if (asked.method().equals("GET")) {
                return texts(name).isEmpty()
                        ? fault(404, "not_found", "rrset not found")
                        : Reply.json(
                                200,
                                Map.of(
                                        "rrset",
                                        Map.of(
                                                "records",
                                                texts(name).stream()
                                                        .map(value -> Map.of("value", value))
                                                        .toList())));
            }
            written = zone;
            for (Object record : (List<?>) asked.json().getOrDefault("records", List.of())) {
                String value = String.valueOf(((Map<?, ?>) record).get("value"));
                switch (path.getLast()) {
                    case "add_records" -> {
                        // Another TTL than that of the set is refused.
                        assertThat(asked.json().containsKey("ttl"))
                                .isEqualTo(texts(name).isEmpty());
                        texts(name).add(value);
                    }
                    case "remove_records" -> assertThat(texts(name).remove(value)).isTrue();
                    default -> throw new AssertionError(asked.line());
                }
            }
            return action("running");
        }

        private static long id(String name) {
            return 1000L + name.length();
        }

        private static Reply action(String status) {
            return Reply.json(201, Map.of("action", Map.of("id", 7, "status", status)));
        }
    }
}

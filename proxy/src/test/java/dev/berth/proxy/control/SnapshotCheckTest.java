package dev.berth.proxy.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.Routes;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.edge.Snapshot;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SnapshotCheckTest {
    private static final Backend BACKEND = new Backend("c", "10.0.0.1", 80);
    private static final Backend NAMED = new Backend("c", "localhost", 80);

    @Test
    void problem_everyKindOfRoute_isFine() {
        Snapshot snapshot =
                new Snapshot(
                        1,
                        new RouteTable(
                                List.of(
                                        Routes.proxy("a.test", BACKEND),
                                        Routes.proxyAt("a.test", "/b", BACKEND),
                                        Routes.proxy("six.test", new Backend("c", "fd00::1", 80)),
                                        Routes.proxy("none.test"),
                                        Routes.route("*.w.test", "/", new Route.Redirect("a.test")),
                                        Routes.route("f.test", "/", new Route.Files("/srv", true)),
                                        Routes.route("r.test", "/", new Route.Redirect("a.test")),
                                        Routes.route("u.test", "/", new Route.Unavailable("x")))),
                        List.of(probe("p", BACKEND, "/", Duration.ofSeconds(1))));

        assertThat(SnapshotCheck.problem(snapshot)).isNull();
    }

    static Stream<Arguments> problem() {
        return Stream.of(
                bad("version 0 is not positive", Routes.snapshot(0)),
                bad("not a lower-case host", Routes.proxy("A.test", BACKEND)),
                bad("not a lower-case host", Routes.proxy("a.test:80", BACKEND)),
                bad("not a lower-case host", Routes.proxy("*.*.test", BACKEND)),
                bad("not a lower-case host", Routes.proxy("a.*.test", BACKEND)),
                bad("does not start with a slash", Routes.proxyAt("a.test", "b", BACKEND)),
                bad("localhost is not an IP address", Routes.proxy("a.test", NAMED)),
                bad(
                        "not an absolute path",
                        Routes.route("a.test", "/", new Route.Files("srv", false))),
                bad(
                        "not an absolute path",
                        Routes.route("a.test", "/", new Route.Files("/s\u0000", false))),
                bad(
                        "invalid host name",
                        Routes.route("a.test", "/", new Route.Redirect("http://b.test"))),
                bad(
                        "a.test/ is routed twice",
                        Routes.snapshot(
                                1, Routes.proxy("a.test"), Routes.proxy("a.test", BACKEND))),
                bad("is not an IP address", probe("p", NAMED, "/", Duration.ofSeconds(1))),
                bad("is not a path", probe("p", BACKEND, "/a b", Duration.ofSeconds(1))),
                bad("is not a path", probe("p", BACKEND, "/\r\nX: y", Duration.ofSeconds(1))),
                bad("is not positive", probe("p", BACKEND, null, Duration.ZERO)),
                bad("rate limit", with(new PolicyOf().rate(0, Duration.ofSeconds(1), 1))),
                bad("rate limit", with(new PolicyOf().rate(1, Duration.ZERO, 1))),
                bad("not a network", with(new PolicyOf().addresses(List.of("x"), List.of()))),
                bad("not a network", with(new PolicyOf().addresses(List.of(), List.of("10/8")))),
                bad("kind of hash", with(new PolicyOf().user("ada", "plain"))),
                bad("malformed field", with(new PolicyOf().header("X Y", "z", true))),
                bad("malformed field", with(new PolicyOf().header("X", "a\r\nB: c", true))),
                bad("no error", with(new PolicyOf().page("200", "fine"))),
                bad("check", with(new PolicyOf().health("/", Duration.ZERO, 1))),
                bad("check", with(new PolicyOf().health("/ x", Duration.ofSeconds(1), 1))),
                bad("check", with(new PolicyOf().health(null, Duration.ofSeconds(1), 0))),
                bad("grace", with(new PolicyOf().streams(Duration.ofSeconds(-1)))));
    }

    @ParameterizedTest
    @MethodSource
    void problem(String says, Snapshot snapshot) {
        assertThat(SnapshotCheck.problem(snapshot)).contains(says);
    }

    private static Arguments bad(String says, Snapshot snapshot) {
        return argumentSet(says, says, snapshot);
    }

    private static Route with(PolicyOf policy) {
        return Routes.proxy("a.test", BACKEND).with(policy.build());
    }

    private static Arguments bad(String says, Route route) {
        return bad(says, Routes.snapshot(1, route));
    }

    private static Arguments bad(String says, Probe probe) {
        return bad(says, new Snapshot(1, RouteTable.EMPTY, List.of(probe)));
    }

    private static Probe probe(
            String id, Backend backend, @Nullable String path, Duration interval) {
        return new Probe(id, backend, path, true, "a.test", interval, Duration.ofSeconds(1));
    }
}

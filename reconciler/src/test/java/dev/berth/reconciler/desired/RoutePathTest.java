package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which paths the edge can ever find; its own form of them is tested there. */
final class RoutePathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "//",
                "/a",
                "/a/",
                "/a//",
                "/.well-known",
                "/a.b/c..d",
                "/...",
                "/a%2Fb",
                "/a%2fb",
                "/%25",
                "/%zz",
                "/%",
                "/a;b=c",
                "/@a:b",
                "/~a"
            })
    void fault_pathThatRequestsHave_isNone(String path) {
        assertThat(new RoutePath(path).fault()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/a?b, /a",
        "/?, /",
        "/b#c, /b",
        "/api/*, /api",
        "/*, /",
        "/a*/b, /",
        "/x//y, /x/y",
        "//x, /x",
        "/p/../q, /q",
        "/p/./q, /p/q",
        "/.., /",
        "/%61, /a",
        "/a/%2e%2E/b, /b",
        "/%7e%5F%2d, /~_-"
    })
    void fault_pathThatNoRequestHas_namesTheOneThatDoes(String path, String form) {
        assertThat(new RoutePath(path).fault()).endsWith(". Write " + form);
    }
}

package dev.berth.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingPathTest {
    @ParameterizedTest
    @CsvSource({
        "/, /",
        "*, /",
        "/a/b?c=/../d, /a/b",
        "/a/, /a/",
        "//a///b, /a/b",
        "/./a/./b/., /a/b/",
        "/a/../b, /b",
        "/../../a, /a",
        "/a/.., /",
        "/a/b/.., /a/",
        "/%61/%7E, /a/~",
        "/a/%2e%2E/b, /b",
        "/a%2Fb, /a%2Fb",
        "/a%252e, /a%252e",
        "/%, /%",
        "/%zz, /%zz",
        "/.well-known/x, /.well-known/x",
        "/..., /...",
        "/a..b, /a..b"
    })
    void of_target_isNormal(String target, String normal) {
        assertThat(RoutingPath.of(target)).isEqualTo(normal);
        assertThat(RoutingPath.of(normal)).as("normal form of the normal form").isEqualTo(normal);
    }
}

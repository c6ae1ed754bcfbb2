package dev.berth.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoggedTextTest {
    @Test
    void address_plain_isAsItIs() {
        for (String plain :
                new String[] {
                    "/", "/a?", "/a?b", "/a?b=c&d=", "/?q=token", "https://a.test/x?y=z", "*"
                }) {
            assertThat(LoggedText.address(plain)).isEqualTo(plain);
        }
    }

    @Test
    void address_secrets_areLeftOut() {
        assertThat(LoggedText.address("/a?b=c&access_token=hunter2&d=e"))
                .isEqualTo("/a?b=c&access_token=***&d=e");
        assertThat(LoggedText.address("/cb?code=1&state=2")).isEqualTo("/cb?code=***&state=***");
        assertThat(LoggedText.address("/?API_KEY=1&X-Amz-Signature=2&password[]=3"))
                .isEqualTo("/?API_KEY=***&X-Amz-Signature=***&password[]=***");
        assertThat(LoggedText.address("https://a.test/?sid=1"))
                .isEqualTo("https://a.test/?sid=***");
        assertThat(LoggedText.address("/?%74oken=1")).isEqualTo("/?%74oken=***");
    }
}

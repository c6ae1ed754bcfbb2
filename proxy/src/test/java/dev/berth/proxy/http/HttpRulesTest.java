package dev.berth.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRulesTest {
    @Test
    void hopByHop_fieldsNamedByConnection_areRemovedButForProtectedOnes() {
        HttpHeaders headers =
                new DefaultHttpHeaders()
                        .add("Connection", "X-One, Host")
                        .add("Connection", "cookie ,X-Two")
                        .add("X-One", "1")
                        .add("x-two", "2")
                        .add("Host", "a")
                        .add("Cookie", "c")
                        .add("Keep-Alive", "5")
                        .add("TE", "trailers");

        HopByHop.strip(headers);

        assertThat(headers.names()).containsExactlyInAnyOrder("Host", "Cookie");
    }

    @Test
    void trailers_ofARequestWithUnderscores_areRemoved() {
        HttpHeaders trailers =
                new DefaultHttpHeaders().add("X_Forwarded_For", "1.2.3.4").add("X-Checksum", "1");

        Trailers.stripRequest(trailers);

        assertThat(trailers.names()).containsExactly("X-Checksum");
    }

    @Test
    void trailers_dangerousOnes_areRemoved() {
        HttpHeaders trailers =
                new DefaultHttpHeaders()
                        .add("Host", "a")
                        .add("Set-Cookie", "b")
                        .add("X-Forwarded-For", "c")
                        .add("X-Checksum", "d");

        Trailers.strip(trailers);

        assertThat(trailers.names()).containsExactly("X-Checksum");
    }

    @Test
    void tokens_each_skipsEmptyElements() {
        List<String> elements = new ArrayList<>();

        Tokens.each(" a,, b\t, ,c", elements::add);

        assertThat(elements).containsExactly("a", "b", "c");
    }

    @ParameterizedTest
    @CsvSource({
        "a.test, a.test",
        "A.Test., a.test",
        "a.test:80, a.test",
        "a.test:, a.test",
        "under_score.test, under_score.test",
        "127.0.0.1:8080, 127.0.0.1",
        "[::1], [::1]",
        "[2001:DB8::1]:443, [2001:db8::1]"
    })
    void hostNames_valid_giveTheRoutingForm(String authority, String host) {
        assertThat(HostNames.routing(authority)).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                ":80",
                "a b",
                "a/b",
                "a@b",
                "a:b",
                "a:123456",
                "a,b",
                "a?b",
                "a#b",
                "a%41",
                "[::1",
                "[::1]x",
                "[]",
                "[::1%25eth0]",
                "[a.test]",
                "caf\u00e9.test",
                "a\\b"
            })
    void hostNames_invalid_giveNothing(String authority) {
        assertThat(HostNames.routing(authority)).isNull();
    }

    @Test
    void httpDate_roundTrip_isTheSameSecond() {
        Instant instant = Instant.parse("1994-11-06T08:49:37Z");

        assertThat(HttpDate.format(instant)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
        assertThat(HttpDate.parse("Sun, 06 Nov 1994 08:49:37 GMT")).isEqualTo(instant);
        assertThat(HttpDate.parse("yesterday")).isNull();
    }

    @Test
    void errorPage_formFollowsAccept_andEscapes() {
        assertThat(page("text/html,*/*"))
                .contains("<h1>The app is not available</h1>", "&lt;b&gt; &amp; &quot;c&quot;")
                .doesNotContain("<b>");
        assertThat(page("application/json"))
                .startsWith("{\"title\":")
                .contains("\"requestId\":\"i\"");
        assertThat(page(null)).isEqualTo("The app is not available. <b> & \"c\"\nRequest i\n");
    }

    private static String page(@Nullable String accept) {
        ErrorPage page = ErrorPage.of(Failure.Unavailable, "<b> & \"c\"", "i", accept);
        String body = page.body().toString(StandardCharsets.UTF_8);
        assertThat(page.head().headers().getInt("content-length"))
                .isEqualTo(page.body().readableBytes());
        page.body().release();
        return body;
    }
}

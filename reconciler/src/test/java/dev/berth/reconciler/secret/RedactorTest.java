package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RedactorTest {
    private static final String VALUE = "p@ss/wörd \"quoted\" + more";

    private final Redactor redactor = new Redactor(List.of(Secret.of(VALUE), Secret.of("abc")));

    @Test
    void clean_everyForm_isTakenOut() {
        byte[] bytes = VALUE.getBytes(StandardCharsets.UTF_8);
        String url = URLEncoder.encode(VALUE, StandardCharsets.UTF_8);
        for (String form :
                List.of(
                        VALUE,
                        url,
                        url.replace("+", "%20"),
                        url.replace("%C3%B6", "%c3%b6").replace("%2F", "%2f").replace("%2B", "%2b"),
                        Base64.getEncoder().encodeToString(bytes),
                        Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
                        VALUE.replace("\"", "\\\""))) {
            assertThat(redactor.clean("a " + form + " b")).as(form).isEqualTo("a *** b");
        }
    }

    @Test
    void clean_withinBase64OfMore_leavesNothingThatDecodes() {
        for (String user : List.of("", "a", "ab", "abc", "user:")) {
            String text =
                    Base64.getEncoder()
                            .encodeToString((user + VALUE).getBytes(StandardCharsets.UTF_8));
            String left = redactor.clean(text).replace("***", "");
            assertThat(left.length()).as(text).isLessThan(20);
            assertThat(redactor.clean(text)).contains("***");
        }
    }

    @Test
    void clean_linesOfALongValue_areTakenOutOneByOne() {
        Redactor pem =
                new Redactor(
                        List.of(Secret.of("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhk\nshort\n")));
        assertThat(pem.clean("read MIIEvQIBADANBgkqhk and short")).isEqualTo("read *** and short");
        assertThat(
                        new Redactor(List.of(Secret.of("a: true\npin: 4711")))
                                .clean("a: true pin: 4711"))
                .isEqualTo("a: true ***");
    }

    @Test
    void clean_overlappingAndAdjacent_leaveNoPiece() {
        Redactor both = new Redactor(List.of(Secret.of("abcdef"), Secret.of("defghi")));
        assertThat(both.clean("xabcdefghiy")).isEqualTo("x***y");
        assertThat(both.clean("abcdefabcdef")).isEqualTo("***");
        assertThat(both.clean("abcde defgh")).isEqualTo("abcde defgh");
    }

    @Test
    void clean_prefixOfAnother_takesTheLonger() {
        Redactor both = new Redactor(List.of(Secret.of("pass"), Secret.of("password")));
        assertThat(both.clean("my password, my pass.")).isEqualTo("my ***, my ***.");
    }

    @Test
    void clean_shortValuesAndNone_leaveTheText() {
        assertThat(redactor.clean("abc")).isEqualTo("abc");
        assertThat(new Redactor(List.of()).clean(VALUE)).isEqualTo(VALUE);
    }
}

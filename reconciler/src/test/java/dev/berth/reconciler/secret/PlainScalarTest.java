package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plain scalars as the YAML library of sops takes them; what readers disagree about is unclear. */
final class PlainScalarTest {
    @ParameterizedTest
    @CsvSource({
        "7, INT, 7",
        "-42, INT, -42",
        "+5, INT, 5",
        "0, INT, 0",
        "1.50, FLOAT, 1.5",
        "1e3, FLOAT, 1000",
        "1e21, FLOAT, 1000000000000000000000",
        "0.000001, FLOAT, 0.000001",
        "-0.0, FLOAT, -0",
        ".5, FLOAT, 0.5",
        ".inf, FLOAT, +Inf",
        "true, BOOL, True",
        "FALSE, BOOL, False",
        "yes, STR, yes",
        "on, STR, on",
        "1.2.3, STR, 1.2.3",
        "12:30, STR, 12:30",
        "v1, STR, v1",
        "_1, STR, _1"
    })
    void of_clearText_hasTypeAndBytes(String text, SopsValue.Type type, String bytes) {
        assertThat(PlainScalar.of(text))
                .isInstanceOfSatisfying(
                        PlainScalar.Typed.class,
                        typed -> {
                            assertThat(typed.value().type()).isEqualTo(type);
                            assertThat(new String(typed.value().bytes(), StandardCharsets.UTF_8))
                                    .isEqualTo(bytes);
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "017",
                "08",
                "0x1f",
                "0o17",
                "0b11",
                "1_000",
                "1_0.5",
                "2026-01-01",
                "2026-01-01T00:00:00Z",
                "99999999999999999999",
                "1e999"
            })
    void of_whatReadersDisagreeAbout_isUnclear(String text) {
        assertThat(PlainScalar.of(text)).isInstanceOf(PlainScalar.Unclear.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "~", "null", "Null", "NULL"})
    void of_null_isNothing(String text) {
        assertThat(PlainScalar.of(text)).isInstanceOf(PlainScalar.Nothing.class);
    }

    @Test
    void value_printed_showsItsTypeOnly() {
        assertThat(SopsValue.text("hunter2")).hasToString("*** (str)");
    }
}

package dev.berth.proxy.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptEncodingTest {
    private static final List<Coding> ALL = List.of(Coding.values());

    @ParameterizedTest
    @CsvSource(
            value = {
                "gzip|GZIP",
                "GZIP|GZIP",
                "x-gzip|GZIP",
                "gzip, deflate, br|BROTLI",
                "gzip, deflate, br, zstd|ZSTD",
                "br;q=0.9, gzip|GZIP",
                "br; q=0.9, gzip;q=0.8|BROTLI",
                "*|ZSTD",
                "*;q=0.5, zstd;q=0|BROTLI",
                "gzip;q=1.0, identity;q=0.5|GZIP",
                "gzip;q=0.5, identity;q=0.5|GZIP"
            },
            delimiter = '|')
    void best_clientReadsSome_isTheOneItLikesMost(String field, Coding expected) {
        assertThat(AcceptEncoding.best(field, ALL)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "identity",
                "deflate",
                "gzip;q=0",
                "*;q=0",
                "gzip;q=2",
                "gzip;q=x",
                "identity, gzip;q=0.5"
            })
    void best_clientReadsNone_isThePlainForm(String field) {
        assertThat(AcceptEncoding.best(field, ALL)).isNull();
    }

    @Test
    void best_nothingSaid_isThePlainForm() {
        @Nullable String nothing = null;

        assertThat(AcceptEncoding.best(nothing, ALL)).isNull();
        assertThat(AcceptEncoding.best("gzip", List.of(Coding.BROTLI))).isNull();
    }
}

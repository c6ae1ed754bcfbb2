package dev.berth.proxy.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "app-3f9a1c2b.js",
                "main.8c1d2e3f.css",
                "index-BqTz9_aX.js",
                "chunk.4f2a9b1c.js.map",
                "font-12345678.woff2"
            })
    void caching_hashInName_isImmutable(String name) {
        assertThat(Caching.of(name, "text/css")).isEqualTo(Caching.IMMUTABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app.js",
                "vendor-polyfills.js",
                "jquery-3.7.1.min.js",
                "report-20260102.pdf",
                "a-b-c.css",
                "3f9a1c2b.js",
                "photo-1234.jpg"
            })
    void caching_noHash_isShort(String name) {
        assertThat(Caching.of(name, "text/javascript")).isEqualTo(Caching.SHORT);
    }

    @Test
    void caching_page_mustBeAskedForEvenWithAHash() {
        assertThat(Caching.of("page-3f9a1c2b.html", "text/html; charset=utf-8"))
                .isEqualTo(Caching.ASK);
    }

    @ParameterizedTest
    @CsvSource({
        "a.html, text/html; charset=utf-8",
        "A.JS, text/javascript; charset=utf-8",
        "a.woff2, font/woff2",
        "a, application/octet-stream",
        "a.unknown, application/octet-stream"
    })
    void mediaType_extension_decides(String name, String type) {
        assertThat(MediaTypes.of(name)).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=0-, 0, 10",
        "bytes=9-9, 9, 1",
        "bytes=-1, 9, 1",
        "bytes=-99, 0, 10",
        "BYTES=1-2, 1, 2",
        "bytes=5-99999999999999999999, 5, 5",
        "bytes=10-, 10, 0",
        "bytes=-0, 10, 0"
    })
    void byteRange_wellFormed_isClippedToTheFile(String field, long first, long length) {
        assertThat(ByteRange.parse(field, 10)).isEqualTo(new ByteRange(first, length));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=a-b",
                "bytes=2-1",
                "bytes=0-1,2-3",
                "lines=0-1",
                "bytes=+1-2"
            })
    void byteRange_malformed_isIgnored(String field) {
        assertThat(ByteRange.parse(field, 10)).isNull();
    }

    @Test
    void byteRange_emptyFile_cannotBeSatisfied() {
        assertThat(ByteRange.parse("bytes=0-", 0)).isEqualTo(new ByteRange(0, 0));
    }
}

package dev.berth.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.edge.Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateIndexTest {
    private static final Certificate EXACT = of("a.test");
    private static final Certificate WILDCARD = of("*.test", "*.b.test");

    private final CertificateIndex index = new CertificateIndex(List.of(WILDCARD, EXACT));

    @Test
    void find_ownName_winsOverTheWildcard() {
        assertThat(index.find("a.test")).isEqualTo(EXACT);
        assertThat(index.find("c.test")).isEqualTo(WILDCARD);
    }

    @Test
    void find_wildcard_standsForOneLabel() {
        assertThat(index.find("x.b.test")).isEqualTo(WILDCARD);
        assertThat(index.find("x.y.b.test")).isNull();
        assertThat(index.find("test")).isNull();
        assertThat(index.find(".test")).isNull();
        assertThat(index.find("")).isNull();
        assertThat(index.find("a.test.")).isNull();
    }

    @Test
    void covers_emptyNames_nothing() {
        assertThat(CertificateIndex.covers(List.of(), "a.test")).isFalse();
        assertThat(CertificateIndex.covers(List.of(), "")).isFalse();
        assertThat(CertificateIndex.covers(List.of("*.test"), "a.test")).isTrue();
    }

    private static Certificate of(String... names) {
        return new Certificate(List.of(names), "", "");
    }
}

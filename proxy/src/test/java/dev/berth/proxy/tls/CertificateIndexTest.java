package dev.berth.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.berth.schemas.edge.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CertificateIndexTest {
    private static final Certificate EXACT = of("a.test");
    private static final Certificate WILDCARD = of("*.test", "*.b.test");

    private final CertificateIndex index = CertificateIndex.EMPTY.with(List.of(WILDCARD, EXACT));

    @Test
    void find_ownName_winsOverTheWildcard() {
        assertThat(found("a.test")).isEqualTo(EXACT);
        assertThat(found("c.test")).isEqualTo(WILDCARD);
    }

    @Test
    void find_wildcard_standsForOneLabel() {
        assertThat(found("x.b.test")).isEqualTo(WILDCARD);
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

    @Test
    void with_sameCertificateAgain_keepsWhatIsKnownOfIt() {
        Held known = index.find("a.test");

        assertThat(index.with(List.of(of("a.test"))).find("a.test")).isNotNull().isSameAs(known);
        assertThat(index.with(List.of(of("a.test", "b.test"))).find("a.test")).isNotSameAs(known);
        assertThat(index.with(List.of()).find("a.test")).isNull();
    }

    @Test
    void expiries_certificateThatIsNone_isLeftOut() {
        Instant end = Instant.parse("2030-01-02T03:04:05Z");
        CertificateIndex mixed =
                index.with(List.of(EXACT, TestCertificates.ending(end, "b.test", "c.test")));

        assertThat(mixed.expiries()).containsOnlyKeys("b.test", "c.test");
    }

    @Test
    void expiries_severalNames_areThoseOfWhatEachIsServed() {
        Instant end = Instant.parse("2030-01-02T03:04:05Z");
        Instant later = end.plusSeconds(60);
        CertificateIndex both =
                index.with(
                        List.of(
                                TestCertificates.ending(end, "b.test", "c.test"),
                                TestCertificates.ending(later, "c.test", "*.d.test")));

        assertThat(both.expiries())
                .containsExactly(
                        entry("*.d.test", later), entry("b.test", end), entry("c.test", later));
    }

    @Test
    void expiries_foundUseless_isLeftOut() {
        Instant end = Instant.parse("2030-01-02T03:04:05Z");
        CertificateIndex both =
                index.with(
                        List.of(
                                TestCertificates.ending(end, "b.test"),
                                TestCertificates.ending(end, "c.test", "d.test")));
        Objects.requireNonNull(both.find("d.test")).foundUseless();

        assertThat(both.expiries()).containsExactly(entry("b.test", end));
    }

    private @Nullable Certificate found(String host) {
        Held held = index.find(host);
        return held == null ? null : held.certificate();
    }

    private static Certificate of(String... names) {
        return new Certificate(List.of(names), "", "");
    }
}

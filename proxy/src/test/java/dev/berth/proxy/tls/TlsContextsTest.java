package dev.berth.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.tls.TlsContexts.Selected;
import dev.berth.schemas.edge.Certificate;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsContextsTest {
    private static final int MOST = 2;

    @TempDir private Path directory;
    private final ClientHandshake handshake = new ClientHandshake();
    private Instant now = Instant.now();
    private TlsContexts contexts;

    @BeforeEach
    void open() {
        contexts = TlsContexts.open(directory, () -> now, MOST);
    }

    @AfterEach
    void close() {
        contexts.close();
    }

    @ParameterizedTest
    @CsvSource({
        "JDK, TLSv1.3, secp256r1",
        "JDK, TLSv1.2, secp256r1",
        "JDK, TLSv1.3, secp384r1",
        "JDK, TLSv1.2, secp384r1",
        "JDK, TLSv1.3, RSA",
        "JDK, TLSv1.2, RSA",
        "OPENSSL, TLSv1.3, secp256r1",
        "OPENSSL, TLSv1.2, secp256r1",
        "OPENSSL, TLSv1.3, secp384r1",
        "OPENSSL, TLSv1.2, secp384r1",
        "OPENSSL, TLSv1.3, RSA",
        "OPENSSL, TLSv1.2, RSA"
    })
    void context_anyProviderAndKey_showsTheWholeChainAndAgreesOnHttp2(
            SslProvider provider, String version, String kind) throws Exception {
        KeyMaterial keys = KeyMaterial.of(TestCertificates.issued(kind, "a.test"));
        SslContext context =
                new TlsProvider("x", provider)
                        .context(keys, new TicketKeys(directory.resolve("t")).current(now));

        ClientHandshake.Seen seen = handshake.with(context, version);

        assertThat(seen.session().getProtocol()).isEqualTo(version);
        assertThat(seen.protocol()).isEqualTo("h2");
        assertThat(seen.session().getPeerCertificates())
                .hasSize(2)
                .isEqualTo(keys.getCertificateChain(""));
    }

    @Test
    void select_moreNamesThanAreKept_theLeastRecentlyAskedIsMadeAnew() throws Exception {
        contexts.replace(
                List.of(
                        TestCertificates.of("a.test"),
                        TestCertificates.of("b.test"),
                        TestCertificates.of("c.test")));
        Selected first = select("a.test");
        Selected second = select("b.test");
        assertThat(select("a.test")).isSameAs(first);

        select("c.test");

        assertThat(select("a.test")).isSameAs(first);
        assertThat(select("b.test")).isNotSameAs(second);
    }

    @Test
    void select_unknownNameOrNone_isTheDefaultOne() throws Exception {
        contexts.replace(List.of(TestCertificates.of("a.test")));

        assertThat(select("b.test")).isSameAs(select(null)).isNotSameAs(select("a.test"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void select_keptDefaultIsDamaged_isMadeAnew(boolean mixed) throws Exception {
        Certificate one = TestCertificates.ending(now.plus(Duration.ofDays(1000)), "localhost");
        String key = TestCertificates.of("localhost").key();
        Files.writeString(
                directory.resolve("default.pem"), mixed ? one.chain() + key : "nothing at all");

        assertThat(select(null).keys().end()).isAfter(now.plus(Duration.ofDays(1001)));
    }

    @Test
    void select_keptDefaultLastsLong_isTaken() throws Exception {
        Instant end = now.plus(Duration.ofDays(1000)).truncatedTo(ChronoUnit.SECONDS);
        Certificate one = TestCertificates.ending(end, "localhost");
        Files.writeString(directory.resolve("default.pem"), one.chain() + one.key());

        assertThat(select(null).keys().end()).isEqualTo(end);
    }

    @Test
    void replace_sameCertificate_keepsItsContextAndAnotherGetsAnother() throws Exception {
        Certificate kept = TestCertificates.of("a.test");
        contexts.replace(List.of(kept));
        Selected before = select("a.test");

        contexts.replace(List.of(kept, TestCertificates.of("b.test")));
        assertThat(select("a.test")).isSameAs(before);

        contexts.replace(List.of(TestCertificates.of("a.test")));
        assertThat(select("a.test")).isNotSameAs(before);
    }

    @Test
    void certified_hostsWithACertificate_onlyThose() {
        contexts.replace(List.of(TestCertificates.of("a.test", "*.b.test")));

        assertThat(contexts.certified("a.test")).isTrue();
        assertThat(contexts.certified("x.b.test")).isTrue();
        assertThat(contexts.certified("b.test")).isFalse();
        assertThat(contexts.certified("x.a.test")).isFalse();
    }

    @Test
    void certified_certificateHasEnded_isNoLonger() {
        contexts.replace(List.of(TestCertificates.ending(now.plusSeconds(60), "a.test")));
        assertThat(contexts.certified("a.test")).isTrue();

        now = now.plusSeconds(60);

        assertThat(contexts.certified("a.test")).isFalse();
    }

    @Test
    void certified_certificateThatIsNone_isNot() {
        contexts.replace(List.of(new Certificate(List.of("a.test"), "nothing", "nothing")));

        assertThat(contexts.certified("a.test")).isFalse();
    }

    @Test
    void certified_keyOfAnother_isNotOnceSomebodyAsked() throws Exception {
        Certificate one = TestCertificates.of("a.test");
        Certificate other = TestCertificates.of("a.test");
        Certificate mixed = new Certificate(one.names(), one.chain(), other.key());
        contexts.replace(List.of(mixed));

        assertThat(select("a.test")).isSameAs(select(null));
        assertThat(contexts.certified("a.test")).isFalse();
        contexts.replace(List.of(mixed, other));
        assertThat(contexts.certified("a.test")).isTrue();
    }

    @Test
    void tickets_rotated_oldSessionsResumeUntilTheirKeyGoes() throws Exception {
        contexts.replace(List.of(TestCertificates.of("a.test")));
        SslContext context = select("a.test").context();
        long session = session(context);
        assertThat(session(context)).isEqualTo(session);

        rotate(13);
        assertThat(session(context)).isEqualTo(session);

        rotate(13);
        rotate(13);
        rotate(13);
        assertThat(session(context)).isNotEqualTo(session);
    }

    private void rotate(int hours) {
        now = now.plus(Duration.ofHours(hours));
        contexts.rotateTickets();
    }

    /** What tells a session of TLS 1.2 from others: when it began. */
    private long session(SslContext context) throws SSLException {
        return handshake.with(context, "TLSv1.2").session().getCreationTime();
    }

    private Selected select(@Nullable String name) throws Exception {
        return contexts.select(name).get(30, TimeUnit.SECONDS);
    }
}

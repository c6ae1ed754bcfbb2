package dev.berth.reconciler.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.certificate.testing.TestAuthority;
import dev.berth.reconciler.certificate.testing.TestAuthority.Issued;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.status.CertificateStatus.Source;
import dev.berth.schemas.status.ReasonCode;
import java.net.URI;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is served to whom, and how that is told. */
final class ServingTest {
    private static final Instant NOW = Instant.parse("2026-11-23T02:00:00Z");
    private static final Times TIMES = Times.everywhere(NOW);
    private static final Instant ASKED = NOW.minusSeconds(5);
    private static final URI DIRECTORY = URI.create("https://ca.example.com/dir");
    private static final SecretRef CHAIN = new SecretRef("shop", "chain");
    private static final SecretRef KEY = new SecretRef("shop", "key");

    private final TestAuthority authority = new TestAuthority();
    private final Map<SecretRef, Secret> secrets = new HashMap<>();

    private static Held held(String mark, Instant until, String... names) {
        return new Held(
                new TreeSet<>(List.of(names)),
                DIRECTORY,
                null,
                "Test",
                mark,
                mark + " key",
                NOW.minus(Duration.ofDays(10)),
                until,
                NOW.minus(Duration.ofDays(10)));
    }

    private static Held held(String mark, String... names) {
        return held(mark, NOW.plus(Duration.ofDays(80)), names);
    }

    private static Wanted ordered(String... names) {
        return new Wanted.Ordered(
                new TreeSet<>(List.of(names)),
                new Issuer(DIRECTORY, null, null, null),
                Wanted.Method.HTTP_01,
                null,
                null);
    }

    private static Wanted brought(String... names) {
        return new Wanted.Brought(new TreeSet<>(List.of(names)), CHAIN, KEY);
    }

    private List<Certificate> serving(List<Wanted> wanted, Collection<Held> held) {
        return Serving.of(wanted, held, secrets::get, TIMES);
    }

    private CertificateReading reading(
            String host, Notes notes, Set<Certificate> served, List<Wanted> wanted, Held... held) {
        return Objects.requireNonNull(
                Standings.of(wanted, List.of(held), secrets::get, notes, served, ASKED, TIMES)
                        .of(host));
    }

    private void bring(Issued issued) {
        secrets.put(CHAIN, Secret.of(issued.chain()));
        secrets.put(KEY, Secret.of(issued.key()));
    }

    private Issued issue(String... names) {
        return authority.issue(
                List.of(names), NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(30)));
    }

    @Test
    void host_notWanted_isServedNothing() {
        List<Certificate> now =
                serving(List.of(ordered("a.com")), List.of(held("ab", "a.com", "b.com")));

        assertThat(now).containsExactly(new Certificate(List.of("a.com"), "ab", "ab key"));
    }

    @Test
    void wildcard_thatIsNotThereYet_leavesHostsTheirOwn_butWhatIsOver() {
        List<Wanted> wanted = List.of(ordered("*.a.com"), brought("brought.a.com"));
        Held own = held("own", "x.a.com", "x.b.com");
        Held over = held("over", NOW.minusSeconds(1), "y.a.com");
        Held before = held("before", "brought.a.com");
        Held old = held("old", NOW.minusSeconds(1), "*.a.com");

        assertThat(serving(wanted, List.of(own, over, before)))
                .containsExactly(new Certificate(List.of("x.a.com"), "own", "own key"));
        assertThat(serving(wanted, List.of(own, old)))
                .extracting(Certificate::names)
                .containsExactly(List.of("*.a.com"), List.of("x.a.com"));
        assertThat(serving(wanted, List.of(own, held("new", "*.a.com"))))
                .containsExactly(new Certificate(List.of("*.a.com"), "new", "new key"));
    }

    @Test
    void host_ofTwo_isServedWhatLastsLonger() {
        Held old = held("old", NOW.plus(Duration.ofDays(20)), "a.com");
        Held younger = held("new", NOW.plus(Duration.ofDays(80)), "a.com", "b.com");

        assertThat(serving(List.of(ordered("a.com")), List.of(younger, old)))
                .extracting(Certificate::chain)
                .containsExactly("new");
    }

    @Test
    void brought_thatFits_isServedForItsHosts() {
        Issued issued = issue("*.shop.com");
        bring(issued);

        assertThat(serving(List.of(brought("www.shop.com", "shop.com")), List.of()))
                .containsExactly(
                        new Certificate(List.of("www.shop.com"), issued.chain(), issued.key()));
        CertificateReading fits =
                reading("www.shop.com", Notes.NONE, Set.of(), List.of(brought("www.shop.com")));
        CertificateReading not =
                reading("shop.com", Notes.NONE, Set.of(), List.of(brought("shop.com")));
        assertThat(fits.source()).isEqualTo(Source.BROUGHT);
        assertThat(fits.reason()).isNull();
        assertThat(fits.issuer()).isEqualTo("Test Authority");
        assertThat(fits.renewAt()).isNull();
        assertThat(not.reason()).isEqualTo(ReasonCode.CertificateInvalid);
        assertThat(not.message())
                .isEqualTo("the certificate in shop.chain is for *.shop.com and not for shop.com");
    }

    @Test
    void brought_withOtherTextAround_isServedAsPlainPem() {
        Issued issued = issue("shop.com");
        String bag = "Bag Attributes\n    friendlyName: shop\nKey Attributes: <No Attributes>\n";
        Certificate plain = new Certificate(List.of("shop.com"), issued.chain(), issued.key());

        for (Issued given :
                List.of(
                        new Issued(bag + issued.chain(), bag + issued.key(), issued.leaf()),
                        new Issued(issued.chain(), issued.key() + issued.chain(), issued.leaf()),
                        new Issued(issued.chain(), issued.chain() + issued.key(), issued.leaf()),
                        new Issued(
                                issued.chain().replace("\n", "\r\n"),
                                issued.key().replace("\n", "\r\n"),
                                issued.leaf()))) {
            bring(given);
            List<Certificate> served = serving(List.of(brought("shop.com")), List.of());

            assertThat(served).containsExactly(plain);
            assertThat(
                            reading(
                                    "shop.com",
                                    Notes.NONE,
                                    Set.copyOf(served),
                                    List.of(brought("shop.com"))))
                    .returns(true, CertificateReading::served)
                    .returns(null, CertificateReading::reason);
        }
    }

    @Test
    void checked_asText_holdsNoKey() throws CertificateException {
        Issued issued = issue("shop.com");

        assertThat(CheckedCertificate.of(issued.chain(), issued.key()).toString())
                .contains("shop.com")
                .doesNotContain("PRIVATE");
    }

    @Test
    void brought_withTheKeyOfAnother_isNotServed_andSaysSo() {
        bring(issue("shop.com"));
        secrets.put(KEY, Secret.of(issue("shop.com").key()));

        assertThat(serving(List.of(brought("shop.com")), List.of())).isEmpty();
        assertThat(
                        reading("shop.com", Notes.NONE, Set.of(), List.of(brought("shop.com")))
                                .message())
                .isEqualTo("shop.chain: the key is not that of the certificate");
        secrets.clear();
        assertThat(
                        reading("shop.com", Notes.NONE, Set.of(), List.of(brought("shop.com")))
                                .message())
                .isEqualTo("shop.chain is not known");
    }

    @Test
    void certificate_thatCantBeUsed_saysWhatToDo() {
        Issued issued = issue("shop.com");

        assertThatThrownBy(() -> CheckedCertificate.of("no", issued.key()))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("BEGIN CERTIFICATE");
        assertThatThrownBy(
                        () ->
                                CheckedCertificate.of(
                                        issued.chain(), "-----BEGIN RSA PRIVATE KEY-----\nAA=="))
                .hasMessage(
                        "the key is a RSA PRIVATE KEY; make it PKCS #8: openssl pkcs8 -topk8"
                                + " -nocrypt");
        assertThatThrownBy(
                        () -> CheckedCertificate.of(issued.chain() + issued.chain(), issued.key()))
                .hasMessageStartingWith("certificate 3 of the chain is not that of the issuer");
        assertThatThrownBy(() -> CheckedCertificate.of(authority.trust(), issued.key()))
                .hasMessageContaining("key is not that of the certificate");
    }

    @Test
    void reading_isServed_onceTheEdgeHasSaidSo() {
        Held there = held("a", "a.com");
        List<Wanted> wanted = List.of(ordered("a.com"));
        Set<Certificate> acked = Set.copyOf(serving(wanted, List.of(there)));

        assertThat(reading("a.com", Notes.NONE, Set.of(), wanted, there))
                .returns(false, CertificateReading::served)
                .returns(ASKED, CertificateReading::asked);
        assertThat(reading("a.com", Notes.NONE, acked, wanted, there))
                .returns(true, CertificateReading::served)
                .returns(null, CertificateReading::asked);
    }

    @Test
    void reading_ofAHostThatAWildcardCovers_isTheWildcards() {
        List<Wanted> wanted = List.of(ordered("*.apps.com"));
        Standings standings =
                Standings.of(
                        wanted,
                        List.of(held("w", "*.apps.com")),
                        secrets::get,
                        Notes.NONE,
                        Set.of(),
                        null,
                        TIMES);

        assertThat(standings.of("shop.apps.com")).isNotNull();
        assertThat(standings.of("a.shop.apps.com")).isNull();
        assertThat(standings.of("apps.com")).isNull();
    }

    @Test
    void reading_afterAFailure_saysWhyAndWhen_untilItIsThere() {
        Wanted.Ordered wanted = (Wanted.Ordered) ordered("a.com");
        Setback no =
                new Setback(Setback.Kind.NOT_POINTING, 1, NOW, NOW.plusSeconds(60), "no record");
        Notes notes = Notes.NONE.with(wanted, note -> note.with(no));

        CertificateReading failed = reading("a.com", notes, Set.of(), List.of(wanted));
        CertificateReading there =
                reading("a.com", notes, Set.of(), List.of(wanted), held("a", "a.com"));

        assertThat(failed.reason()).isEqualTo(ReasonCode.HostNotPointing);
        assertThat(failed.message()).isEqualTo("no record");
        assertThat(failed.nextTry()).isEqualTo(NOW.plusSeconds(60));
        assertThat(there.reason()).isNull();
    }

    @Test
    void reading_ofOneThatLacksItsCertificate_isOfItAlone() {
        List<Wanted> wanted = List.of(ordered("a.com", "b.com"));

        CertificateReading there =
                reading("a.com", Notes.NONE, Set.of(), wanted, held("a", "a.com"));
        CertificateReading not = reading("b.com", Notes.NONE, Set.of(), wanted, held("a", "a.com"));

        assertThat(there.names()).containsExactly("a.com");
        assertThat(not.names()).containsExactly("b.com");
    }

    @Test
    void reading_ofARenewalThatFails_hasTheCertificateAndTheFailure() {
        Wanted.Ordered wanted = (Wanted.Ordered) ordered("a.com");
        Held old =
                new Held(
                        wanted.names(),
                        DIRECTORY,
                        null,
                        "Test",
                        "a",
                        "k",
                        NOW.minus(Duration.ofDays(70)),
                        NOW.plus(Duration.ofDays(20)),
                        NOW.minus(Duration.ofDays(70)));
        Setback down = new Setback(Setback.Kind.UNREACHABLE, 3, NOW, NOW.plusSeconds(60), "down");
        Notes notes = Notes.NONE.withAccount(wanted.issuer().account(), down);

        CertificateReading reading = reading("a.com", notes, Set.of(), List.of(wanted), old);

        assertThat(reading.notAfter()).isEqualTo(old.notAfter());
        assertThat(reading.reason()).isEqualTo(ReasonCode.CertificateAuthorityFailed);
    }
}

package dev.berth.reconciler.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.certificate.Wanted.Method;
import dev.berth.reconciler.certificate.Wanted.Why;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.KnownOf;
import dev.berth.reconciler.desired.Location;
import dev.berth.reconciler.desired.SettingsOf;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.config.Acme;
import dev.berth.schemas.config.DnsAccess;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.Tls;
import dev.berth.schemas.edge.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class WantedCertificatesTest {
    private static final Acme LETS_ENCRYPT = acme("letsencrypt");
    private static final Acme OWN = acme("https://ca.home.arpa/dir");
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ResourceId WWW = new ResourceId(Kind.Domain, "www");

    private final List<DesiredRoute> routes = new ArrayList<>();
    private @Nullable Acme acme = LETS_ENCRYPT;
    private List<DnsAccess> dns = List.of();
    private static final Tls OFF = new Tls(Tls.Challenge.AUTO, null, null, null, null, null, true);
    private static final Tls BROUGHT =
            new Tls(
                    Tls.Challenge.AUTO,
                    null,
                    null,
                    null,
                    new EnvValue.FromSecret("shop.chain"),
                    new EnvValue.FromSecret("shop.key"),
                    false);

    private @Nullable Boolean wildcard;
    private Map<ResourceId, Set<String>> blurred = Map.of();

    private static Acme acme(String directory) {
        return new Acme(directory, null, null, null, null);
    }

    private static DnsAccess dnsOf(String... zones) {
        return new DnsAccess(
                List.of(zones),
                Duration.ofMinutes(2),
                null,
                null,
                null,
                null,
                null,
                null,
                new DnsAccess.Exec("hook"));
    }

    private static Tls by(Tls.Challenge challenge) {
        return new Tls(challenge, null, null, null, null, null, false);
    }

    private WantedCertificatesTest claim(ResourceId owner, String host, Tls tls) {
        routes.add(
                new DesiredRoute(
                        owner,
                        new Location("a.yaml", 1, 1),
                        host,
                        "/",
                        new DesiredRoute.ToApp(SHOP, "web"),
                        Policy.NONE,
                        tls));
        return this;
    }

    private WantedCertificatesTest claims(ResourceId owner, String... hosts) {
        Arrays.stream(hosts).forEach(host -> claim(owner, host, Tls.USUAL));
        return this;
    }

    private List<Wanted> wanted() {
        return WantedCertificates.of(
                new KnownOf()
                        .instance(
                                "home",
                                new SettingsOf()
                                        .domain("apps.berth.dev")
                                        .certificates(acme, dns, wildcard)
                                        .make())
                        .routes(routes)
                        .blurred(blurred)
                        .make());
    }

    private static Wanted lacking(Why why, String... hosts) {
        return new Wanted.Lacking(new TreeSet<>(List.of(hosts)), why);
    }

    private static Wanted ordered(Method method, String... hosts) {
        return new Wanted.Ordered(
                new TreeSet<>(List.of(hosts)),
                new Issuer(LETS_ENCRYPT.url(), null, null, null),
                method,
                null,
                null);
    }

    @Test
    void hosts_ofOneDocument_shareACertificate() {
        claims(SHOP, "shop.com", "shop.org").claims(WWW, "www.com");

        assertThat(wanted())
                .containsExactlyInAnyOrder(
                        ordered(Method.HTTP_01, "shop.com", "shop.org"),
                        ordered(Method.HTTP_01, "www.com"));
    }

    @Test
    void host_ofTwoDocuments_isWantedOnce() {
        claims(SHOP, "shop.com").claims(WWW, "shop.com");

        assertThat(wanted()).hasSize(1);
    }

    @Test
    void hosts_manyOfOneDocument_areTwentyInEach() {
        claims(SHOP, IntStream.range(0, 45).mapToObj("h%d.com"::formatted).toArray(String[]::new));

        assertThat(wanted()).extracting(w -> w.names().size()).containsExactly(20, 20, 5);
    }

    @Test
    void hosts_thatTheInternetCantKnow_wantNone_unlessTheAuthorityIsOnesOwn() {
        claims(
                SHOP,
                "shop.localhost",
                "localhost",
                "a.test",
                "b.home.arpa",
                "intranet",
                "192.0.2.1",
                "real.com");

        assertThat(wanted()).containsExactly(ordered(Method.HTTP_01, "real.com"));
        acme = OWN;
        assertThat(wanted()).singleElement().satisfies(w -> assertThat(w.names()).hasSize(7));
        acme = null;
        assertThat(wanted()).containsExactly(lacking(Why.NO_AUTHORITY, "real.com"));
    }

    @Test
    void wildcardOfTheInstance_coversAppsAndPreviewsRightBelow() {
        dns = List.of(dnsOf("berth.dev"));
        claims(SHOP, "shop.apps.berth.dev")
                .claims(new ResourceId(Kind.App, "shop.pr-1"), "pr-1-shop.apps.berth.dev")
                .claims(WWW, "a.b.apps.berth.dev", "apps.berth.dev");

        assertThat(wanted())
                .containsExactly(
                        ordered(Method.DNS_01, "*.apps.berth.dev"),
                        ordered(Method.HTTP_01, "a.b.apps.berth.dev", "apps.berth.dev"));
    }

    @Test
    void wildcardOfTheInstance_unused_orNotWished_isNotOrdered() {
        dns = List.of(dnsOf());
        claims(SHOP, "shop.com");
        assertThat(wanted()).containsExactly(ordered(Method.HTTP_01, "shop.com"));

        wildcard = false;
        claims(SHOP, "shop.apps.berth.dev");
        assertThat(wanted())
                .containsExactly(ordered(Method.HTTP_01, "shop.apps.berth.dev", "shop.com"));
    }

    @Test
    void wildcardOfTheInstance_wishedWithoutDns_isSaid() {
        wildcard = true;
        claims(SHOP, "shop.apps.berth.dev");

        assertThat(wanted())
                .contains(
                        lacking(Why.NO_DNS, "*.apps.berth.dev"),
                        ordered(Method.HTTP_01, "shop.apps.berth.dev"));
    }

    @Test
    void preview_withoutWildcard_getsNoOrder() {
        claims(new ResourceId(Kind.App, "shop.pr-1"), "pr-1-shop.apps.berth.dev");

        assertThat(wanted()).containsExactly(lacking(Why.PREVIEW, "pr-1-shop.apps.berth.dev"));
    }

    @Test
    void host_thatInsistsOnHttp_hasItsOwnBesideTheWildcard() {
        dns = List.of(dnsOf());
        claim(SHOP, "shop.apps.berth.dev", by(Tls.Challenge.HTTP_01))
                .claims(WWW, "www.apps.berth.dev");

        assertThat(wanted())
                .containsExactly(
                        ordered(Method.DNS_01, "*.apps.berth.dev"),
                        ordered(Method.HTTP_01, "shop.apps.berth.dev"));
    }

    @Test
    void wildcardOfADomain_needsDns() {
        claims(WWW, "*.shop.com", "shop.com");
        assertThat(wanted())
                .containsExactlyInAnyOrder(
                        lacking(Why.NO_DNS, "*.shop.com"), ordered(Method.HTTP_01, "shop.com"));

        dns = List.of(dnsOf("shop.com"));
        assertThat(wanted())
                .containsExactly(
                        ordered(Method.DNS_01, "*.shop.com"), ordered(Method.HTTP_01, "shop.com"));
    }

    @Test
    void host_off_orWithItsOwnCertificate_isNotOrdered() {
        claim(SHOP, "off.com", OFF).claim(WWW, "brought.test", BROUGHT);

        assertThat(wanted()).containsExactly(brought("brought.test"));
    }

    @Test
    void wildcardOfTheInstance_itsDocumentSaysOtherwise_isNotOrdered() {
        dns = List.of(dnsOf());
        claim(WWW, "*.apps.berth.dev", OFF).claims(SHOP, "shop.apps.berth.dev");
        assertThat(wanted()).containsExactly(ordered(Method.HTTP_01, "shop.apps.berth.dev"));

        routes.clear();
        claim(WWW, "*.apps.berth.dev", BROUGHT)
                .claims(SHOP, "shop.apps.berth.dev")
                .claims(new ResourceId(Kind.App, "shop.pr-1"), "pr-1-shop.apps.berth.dev");
        assertThat(wanted())
                .as("what is brought serves all below")
                .containsExactly(
                        brought(
                                "*.apps.berth.dev",
                                "pr-1-shop.apps.berth.dev",
                                "shop.apps.berth.dev"));
    }

    @Test
    void wildcardOfTheInstance_previewsAreNotKnownYet_isWanted() {
        dns = List.of(dnsOf());
        blurred = Map.of(SHOP, Set.of());
        claims(SHOP, "shop.com");

        assertThat(wanted())
                .containsExactly(
                        ordered(Method.DNS_01, "*.apps.berth.dev"),
                        ordered(Method.HTTP_01, "shop.com"));
    }

    private static Wanted brought(String... hosts) {
        return new Wanted.Brought(
                new TreeSet<>(List.of(hosts)),
                new SecretRef("shop", "chain"),
                new SecretRef("shop", "key"));
    }

    @Test
    void tls_ofADocument_namesAuthorityProfileAndReissue() {
        Instant then = Instant.parse("2026-11-21T09:00:00Z");
        claim(
                SHOP,
                "a.com",
                new Tls(Tls.Challenge.AUTO, "shortlived", OWN, then, null, null, false));

        assertThat(wanted())
                .containsExactly(
                        new Wanted.Ordered(
                                new TreeSet<>(Set.of("a.com")),
                                new Issuer(OWN.url(), null, null, null),
                                Method.HTTP_01,
                                "shortlived",
                                then));
    }
}

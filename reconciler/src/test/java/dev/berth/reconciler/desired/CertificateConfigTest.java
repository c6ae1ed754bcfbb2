package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.berth.reconciler.secret.Sealing;
import dev.berth.schemas.config.Acme;
import dev.berth.schemas.config.DnsAccess;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.Tls;
import dev.berth.schemas.edge.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What documents say of hosts and certificates; mistakes are in the golden files of problems. */
final class CertificateConfigTest {
    private static final ResourceId DOMAIN = new ResourceId(Kind.Domain, "shop");
    private static final String SHOP =
            Repo.app("shop", "{image: x:1, port: 1, domains: [app.example.com]}");

    /** Of a CA that nobody has; made by openssl req -x509 -newkey ec. */
    private static final String PEM = pem();

    private final Repo repo = Repo.withInstance().file("a.yaml", SHOP);

    private static String pem() {
        try {
            return Files.readString(Path.of("src/test/resources/certificates/ca.pem"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String instance(String spec) {
        return "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec: %s\n"
                .formatted(spec);
    }

    private DesiredRoute route(String host, String path) {
        return Objects.requireNonNull(repo.known().claims().at(host, path), host);
    }

    @Test
    void load_everyField_arrives() {
        repo.keys = Sealing.newKeys();
        repo.file("ca.pem", PEM)
                .file(
                        "s.yaml",
                        Sealing.sealed(
                                "apiVersion: berth/v1\nkind: Secret\nmetadata: {name: dns}\ndata: {hmac: x, tsig: x, aws: x, word: x, chain: x, key: x}\n",
                                repo.keys))
                .file(
                        "berth.yaml",
                        """
                        apiVersion: berth/v1
                        kind: Instance
                        metadata: {name: home}
                        spec:
                          domain: apps.example.com
                          acme:
                            directory: https://ca.example.com/acme
                            email: ops@example.com
                            trust: ca.pem
                            profile: shortlived
                            externalAccount: {keyId: kid-1, hmacKey: {fromSecret: dns.hmac}}
                          dns:
                            - zones: [example.com]
                              propagation: 30s
                              rfc2136: {server: "127.0.0.1:5353", key: {name: berth, secret: {fromSecret: dns.tsig}}}
                            - {zones: [example.org], route53: {accessKeyId: AKIAIOSFODNN7EXAMPLE, secretAccessKey: {fromSecret: dns.aws}}}
                            - {zones: [example.net], webhook: {url: "https://dns.example.com", user: me, password: {fromSecret: dns.word}}}
                            - {exec: {program: nsupdate.sh}}
                          edge: {addresses: [198.51.100.7]}
                          wildcardCertificate: true
                        """)
                .file(
                        "d.yaml",
                        Repo.domain(
                                "shop",
                                "{host: shop.example.com, redirectTo: app.example.com, tls: {challenge: dns-01, profile: tlsserver, acme: {directory: letsencrypt-staging}, reissuedAt: 2026-11-23T00:00:00Z}}"))
                .file(
                        "e.yaml",
                        Repo.domain(
                                "own",
                                "{host: own.example.com, redirectTo: app.example.com, tls: {certificate: {fromSecret: dns.chain}, key: {fromSecret: dns.key}}}"));
        DesiredState.Known state = repo.known();
        Instance.Spec settings = state.settings();

        assertThat(state.problems()).isEmpty();
        assertThat(settings.acme())
                .isEqualTo(
                        new Acme(
                                "https://ca.example.com/acme",
                                "ops@example.com",
                                "ca.pem",
                                "shortlived",
                                new Acme.ExternalAccount(
                                        "kid-1", new EnvValue.FromSecret("dns.hmac"))));
        assertThat(settings.dns())
                .extracting(DnsAccess::zones)
                .containsExactly(
                        List.of("example.com"),
                        List.of("example.org"),
                        List.of("example.net"),
                        List.of());
        assertThat(settings.dns().getFirst().rfc2136())
                .isEqualTo(
                        new DnsAccess.Rfc2136(
                                "127.0.0.1:5353",
                                new DnsAccess.Key(
                                        "berth",
                                        DnsAccess.Algorithm.HMAC_SHA256,
                                        new EnvValue.FromSecret("dns.tsig"))));
        assertThat(settings.edge().addresses()).containsExactly("198.51.100.7");
        assertThat(state.trust()).containsOnlyKeys("ca.pem").containsValue(PEM);
        assertThat(route("shop.example.com", "/").tls())
                .isEqualTo(
                        new Tls(
                                Tls.Challenge.DNS_01,
                                "tlsserver",
                                new Acme("letsencrypt-staging", null, null, null, null),
                                Instant.parse("2026-11-23T00:00:00Z"),
                                null,
                                null,
                                false));
        assertThat(route("own.example.com", "/").tls().certificate())
                .isEqualTo(new EnvValue.FromSecret("dns.chain"));
    }

    @ParameterizedTest
    @CsvSource({
        "letsencrypt, https://acme-v02.api.letsencrypt.org/directory, false",
        "letsencrypt-staging, https://acme-staging-v02.api.letsencrypt.org/directory, false",
        "https://ca.internal:9000/acme, https://ca.internal:9000/acme, true"
    })
    void url_ofEachDirectory_isItsAddress(String directory, String url, boolean own) {
        Acme acme = new Acme(directory, null, null, null, null);

        assertThat(acme.url()).isEqualTo(URI.create(url));
        assertThat(acme.ofYourOwn()).isEqualTo(own);
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, true",
        "a.example.com, true",
        "*.example.com, true",
        "notexample.com, false",
        "com, false"
    })
    void covers_namesInAndAroundAZone_onlyThoseInIt(String host, boolean covered) {
        DnsAccess access =
                new DnsAccess(
                        List.of("example.com"),
                        Duration.ofMinutes(2),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        new DnsAccess.Exec("x"));

        assertThat(access.covers(host)).isEqualTo(covered);
    }

    @Test
    void load_trustThatIsNotThere_keepsTheInstanceAsItWas() {
        repo.file("berth.yaml", instance("{acme: {trust: ca.pem}}")).file("ca.pem", PEM);
        repo.known();
        repo.file("berth.yaml", instance("{acme: {trust: other.pem}}"));

        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "berth.yaml:4:22 spec.acme.trust: there is no file other.pem in this repo [E-REFERENCE]");
        assertThat(state.trust()).containsOnlyKeys("ca.pem");
    }

    @Test
    void load_trustThatIsNoCertificate_isAProblem() {
        repo.file("berth.yaml", instance("{acme: {trust: ca.pem}}")).file("ca.pem", "word\n");

        assertThat(repo.problems())
                .anyMatch(
                        problem ->
                                problem.contains(
                                        "berth.yaml:4:22 spec.acme.trust: ca.pem holds no certificate in PEM"));
    }

    @ParameterizedTest
    @CsvSource({"example.com, www.example.com", "www.example.com, example.com"})
    void load_www_redirectsTheTwinHere(String host, String twin) {
        repo.file(
                "d.yaml",
                Repo.domain(
                        "shop",
                        "{host: %s, www: true, routes: [{app: shop}], tls: {profile: shortlived}}"
                                .formatted(host)));

        DesiredRoute route = route(twin, "/");

        assertThat(route.destination()).isEqualTo(new DesiredRoute.ToHost(host));
        assertThat(route.owner()).isEqualTo(DOMAIN);
        assertThat(route.tls().profile()).isEqualTo("shortlived");
        assertThat(route.declaredAt()).hasToString("d.yaml:4:31".replace("31", column(host)));
    }

    /** Where the value of www stands. */
    private static String column(String host) {
        return String.valueOf("spec: {host: , www: ".length() + host.length() + 1);
    }

    @Test
    void load_wwwOfOneThatRedirects_leadsThereAtOnce() {
        repo.file(
                "d.yaml",
                Repo.domain("shop", "{host: example.com, www: true, redirectTo: app.example.com}"));

        assertThat(route("www.example.com", "/").destination())
                .isEqualTo(new DesiredRoute.ToHost("app.example.com"));
    }

    @Test
    void load_strip_isPartOfThatRouteAlone() {
        repo.file(
                "d.yaml",
                Repo.domain(
                        "shop",
                        "{host: example.com, routes: [{app: shop}, {app: shop, path: /api/, strip: true}]}"));

        assertThat(repo.known().routes())
                .filteredOn(route -> route.host().equals("example.com"))
                .extracting(DesiredRoute::path, route -> route.policy().stripPrefix())
                .containsExactly(tuple("/", false), tuple("/api", true));
    }

    @Test
    void load_wildcard_isProbedByANameThatCanBeAskedFor() {
        repo.file(
                        "a.yaml",
                        Repo.app(
                                "shop",
                                "{image: x:1, port: 1, domains: [app.example.com], healthcheck: {path: /up}}"))
                .file(
                        "d.yaml",
                        Repo.domain("shop", "{host: '*.example.com', routes: [{app: shop}]}"));

        Policy.Health health = route("*.example.com", "/").policy().health();

        assertThat(health).extracting(Policy.Health::host).isEqualTo("health.example.com");
    }

    @ParameterizedTest
    @CsvSource({
        "'', false, true",
        "redirectHttps: true, true, false",
        "redirectHttps: false, false, false"
    })
    void load_redirectHttps_isAlwaysNeverOrOnceCertified(
            String traffic, boolean always, boolean onceCertified) {
        repo.file(
                "a.yaml",
                Repo.app(
                        "shop",
                        "{image: x:1, port: 1, domains: [app.example.com], traffic: {%s}}"
                                .formatted(traffic)));

        Policy policy = route("app.example.com", "/").policy();

        assertThat(policy.redirectHttps()).isEqualTo(always);
        assertThat(policy.redirectHttpsOnceCertified()).isEqualTo(onceCertified);
    }

    @Test
    void load_defaultHostWhereBerthsPagesAre_isRefusedAndKeepsNothing() {
        repo.file("berth.yaml", instance("{domain: example.com, url: 'https://Shop.example.com'}"))
                .file("a.yaml", Repo.app("shop", "{image: x:1, port: 1}"));

        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "a.yaml:3:18: shop.example.com is where Berth's own pages are (spec.url of instance/home): choose another host [E-CONFLICT]");
        assertThat(state.routes()).isEmpty();
    }

    @Test
    void load_wildcardBesideAnotherDocumentsHost_isNoConflict() {
        repo.file("d.yaml", Repo.domain("shop", "{host: '*.example.com', routes: [{app: shop}]}"));

        DesiredState.Known state = repo.known();

        assertThat(state.problems()).isEmpty();
        assertThat(state.routes())
                .extracting(DesiredRoute::host)
                .containsExactly("*.example.com", "app.example.com");
    }

    @Test
    void load_dnsTakenAway_holdsNoDocumentBack() {
        repo.file("berth.yaml", instance("{acme: {}, dns: [{exec: {program: x}}]}"))
                .file(
                        "d.yaml",
                        Repo.domain("shop", "{host: '*.example.com', routes: [{app: shop}]}"));
        repo.known();
        repo.file("berth.yaml", instance("{acme: {}}"));

        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "d.yaml:4:14 spec.host: a certificate for *.example.com needs a record in DNS, and the Instance has no spec.dns: add one, or say tls: {off: true} [E-VALUE]");
        assertThat(state.held()).isEmpty();
        assertThat(state.claims().at("*.example.com", "/")).isNotNull();
    }

    @Test
    void load_wildcardWithoutAcme_isServedAllTheSame() {
        repo.file("d.yaml", Repo.domain("shop", "{host: '*.example.com', routes: [{app: shop}]}"));

        assertThat(repo.problems()).isEmpty();
    }

    private static String at(String path, String tls) {
        return Repo.domain(
                "x" + path.substring(1),
                "{host: example.com, routes: [{app: shop, path: %s}]%s}"
                        .formatted(path, tls.isEmpty() ? "" : ", tls: " + tls));
    }

    private static String said(String at, String other, String keeps) {
        return "%s spec.tls: %s asks for another certificate for example.com, and %s: ask for the same, or leave tls to one of them [E-CONFLICT]"
                .formatted(at, other, keeps);
    }

    @Test
    void load_newDocumentThatAsksForAnotherCertificate_isToldAndWhoHadItKeepsIt() {
        repo.file("d.yaml", at("/", "{profile: shortlived}"));
        repo.known();
        repo.file("e.yaml", at("/api", "{off: true}"));

        DesiredState.Known state = repo.known();

        String keeps = "domain/x keeps its own";
        assertThat(state.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        said("d.yaml:4:64", "domain/xapi (e.yaml:4:67)", keeps),
                        said("e.yaml:4:67", "domain/x (d.yaml:4:64)", keeps));
        assertThat(state.held()).containsExactly(new ResourceId(Kind.Domain, "xapi"));
        assertThat(state.routes())
                .filteredOn(route -> route.host().equals("example.com"))
                .extracting(route -> route.tls().profile())
                .containsExactly("shortlived");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{profile: a} | {profile: a} | {profile: b}",
                "'' | {profile: a} | {off: true}"
            })
    void load_documentThatNowAsksForAnotherCertificate_staysAsItWas(
            String before, String other, String now) {
        repo.file("d.yaml", at("/", before)).file("e.yaml", at("/api", other));
        repo.known();
        repo.file("d.yaml", at("/", now))
                .file("e.yaml", at("/api", other).replace("app: shop", "app: shop, strip: true"));

        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .hasSize(2)
                .allMatch(problem -> problem.message().contains("domain/xapi keeps its own"));
        assertThat(state.held()).isEmpty();
        assertThat(route("example.com", "/").tls().off()).isFalse();
        assertThat(route("example.com", "/api").policy().stripPrefix()).isTrue();
        assertThat(route("example.com", "/api").tls().profile()).isEqualTo("a");
    }

    @Test
    void load_twoNewDocumentsThatAskForDifferentCertificates_countBothNot() {
        repo.file("d.yaml", at("/", "{profile: a}")).file("e.yaml", at("/api", "{profile: b}"));

        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .hasSize(2)
                .allMatch(
                        problem -> problem.message().contains("and none counts until they agree"));
        assertThat(state.claims().at("example.com", "/")).isNull();
        assertThat(state.claims().at("example.com", "/api")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{profile: a} | {profile: a}", "{off: true} | ''"})
    void load_documentsThatAgreeOnACertificate_bothCount(String one, String other) {
        repo.file("d.yaml", at("/", one)).file("e.yaml", at("/api", other));

        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_wildcardThatRedirectsToAHostOfItsOwn_isALoop() {
        repo.file(
                "d.yaml",
                Repo.domain("shop", "{host: '*.example.com', redirectTo: new.example.com}"));

        assertThat(repo.problems())
                .containsExactly(
                        "d.yaml:4:43 spec.redirectTo: requests would go round without end: *.example.com -> new.example.com, which is *.example.com again; have a document claim new.example.com, or redirect elsewhere [E-VALUE]");
        repo.file("e.yaml", Repo.domain("new", "{host: new.example.com, routes: [{app: shop}]}"));
        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_domainsThatRedirectToEachOther_areALoopOfWhichTheOlderStays() {
        repo.file("d.yaml", Repo.domain("a", "{host: a.com, redirectTo: b.com}"));
        repo.known();
        repo.file("e.yaml", Repo.domain("b", "{host: b.com, redirectTo: c.com}"))
                .file("f.yaml", Repo.domain("c", "{host: c.com, www: true, redirectTo: www.a.com}"))
                .file("d.yaml", Repo.domain("a", "{host: a.com, www: true, redirectTo: b.com}"));

        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .extracting(Problem::toString)
                .contains(
                        "e.yaml:4:33 spec.redirectTo: requests would go round without end: b.com -> c.com -> www.a.com -> b.com; redirect one of them elsewhere [E-VALUE]");
        assertThat(state.claims().at("a.com", "/")).isNotNull();
        assertThat(state.held())
                .containsExactlyInAnyOrder(
                        new ResourceId(Kind.Domain, "b"), new ResourceId(Kind.Domain, "c"));
    }

    @Test
    void load_redirectToAHostThatAnotherClaimsToo_staysWhateverBecomesOfThat() {
        repo.file("b.yaml", Repo.domain("b", "{host: b.com, routes: [{app: shop}]}"))
                .file("d.yaml", Repo.domain("a", "{host: a.com, redirectTo: b.com}"));
        repo.known();
        repo.file("d.yaml", Repo.domain("a", "{host: a.com, www: true, redirectTo: b.com}"))
                .file("e.yaml", Repo.domain("z", "{host: b.com, redirectTo: a.com}"));

        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .hasSize(2)
                .allMatch(problem -> problem.code() == Problem.Code.CONFLICT);
        assertThat(state.claims().at("www.a.com", "/")).isNotNull();
        assertThat(state.held()).containsExactly(new ResourceId(Kind.Domain, "z"));
    }

    @Test
    void load_claimThatIsRefused_takesNoCertificateFromOthers() {
        repo.file("d.yaml", at("/", ""));
        repo.known();
        repo.file("d.yaml", at("/", "{profile: a}"))
                .file("e.yaml", at("/", "{off: true}").replace("name: x", "name: y"));

        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .hasSize(2)
                .allMatch(problem -> problem.message().contains("is also claimed by"));
        assertThat(route("example.com", "/").tls().profile()).isEqualTo("a");
    }

    @Test
    void load_wildcardThatRedirectsToBerthsOwnHost_isNotToldToHaveThatClaimed() {
        repo.file("berth.yaml", instance("{url: 'https://berth.example.com'}"))
                .file(
                        "d.yaml",
                        Repo.domain(
                                "all", "{host: '*.example.com', redirectTo: berth.example.com}"));

        assertThat(repo.problems())
                .containsExactly(
                        "d.yaml:4:14 spec.host: *.example.com has berth.example.com, which is where Berth's own pages are (spec.url of instance/home): choose another host [E-CONFLICT]");
    }

    @ParameterizedTest
    @CsvSource({
        "https://berth.example.com., berth.example.com",
        "https://BERTH.example.com:8443/x, berth.example.com",
        "https://my_berth.example.com, my_berth.example.com",
        "https://my_berth.example.com.:8443, my_berth.example.com"
    })
    void load_wildcardOverBerthsPages_isRefusedHoweverTheyAreWritten(String url, String host) {
        repo.file("berth.yaml", instance("{url: '%s'}".formatted(url)))
                .file(
                        "d.yaml",
                        Repo.domain("shop", "{host: '*.example.com', routes: [{app: shop}]}"));

        assertThat(repo.problems())
                .containsExactly(
                        "d.yaml:4:14 spec.host: *.example.com has %s, which is where Berth's own pages are (spec.url of instance/home): choose another host [E-CONFLICT]"
                                .formatted(host));
    }

    @Test
    void load_addressOfBerthsPagesWithoutUrl_isRefusedWithoutBlamingAField() {
        repo.file("d.yaml", Repo.domain("shop", "{host: 127.0.0.1, routes: [{app: shop}]}"));

        assertThat(repo.problems())
                .containsExactly(
                        "d.yaml:4:14 spec.host: 127.0.0.1 is where Berth's own pages are: choose another host [E-CONFLICT]");
    }

    @ParameterizedTest
    @CsvSource({
        "letsencrypt, '*.shop.localhost', auto, 0",
        "letsencrypt, shop.internal, dns-01, 0",
        "letsencrypt, '*.example.com', auto, 1",
        "https://ca.internal/acme, '*.shop.localhost', auto, 1"
    })
    void load_noDns_isAProblemOnlyOfNamesThatAreOrdered(
            String directory, String host, String challenge, int problems) {
        repo.file("berth.yaml", instance("{acme: {directory: '%s'}}".formatted(directory)))
                .file(
                        "d.yaml",
                        Repo.domain(
                                "shop",
                                "{host: '%s', routes: [{app: shop}], tls: {challenge: %s}}"
                                        .formatted(host, challenge)));

        assertThat(repo.problems()).hasSize(problems);
    }
}

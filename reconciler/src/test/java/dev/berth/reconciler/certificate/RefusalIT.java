package dev.berth.reconciler.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.certificate.dns.DnsProviders;
import dev.berth.reconciler.certificate.dns.Nameservers;
import dev.berth.reconciler.certificate.testing.AuthorityFront;
import dev.berth.reconciler.certificate.testing.Bind;
import dev.berth.reconciler.certificate.testing.Pebble;
import dev.berth.reconciler.notify.HttpPost;
import dev.berth.reconciler.notify.OwnersReach;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.config.DnsAccess;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.net.ssl.SSLSocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real authority that validates by DNS, at a real BIND, and what one may say besides: limits,
 * renewal windows, profiles, orders that take long.
 */
final class RefusalIT {
    @TempDir private static Path shared;
    private static Bind bind;

    @TempDir private Path home;
    private KeeperRig rig;
    private Pebble pebble;
    private AuthorityFront front;

    @BeforeAll
    static void startDns() throws IOException {
        bind = Bind.start(shared);
    }

    @AfterAll
    static void stopDns() {
        bind.close();
    }

    @BeforeEach
    void start() throws IOException {
        rig = new KeeperRig(home, bind.address());
        pebble = Pebble.start(home.resolve("pebble"), setup());
        front = AuthorityFront.before(pebble);
    }

    @AfterEach
    void stop() {
        rig.close();
        front.close();
        pebble.close();
    }

    private Pebble.Setup setup() {
        return Pebble.Setup.usual(rig.edge.port(), bind.port());
    }

    private Wanted.Ordered http(String... hosts) {
        return KeeperRig.http(front.url(), front.trust(), hosts);
    }

    private Wanted.Ordered dns(String... hosts) {
        return KeeperRig.ordered(Wanted.Method.DNS_01, front.url(), front.trust(), null, hosts);
    }

    /** Updates go to the real name server, by the real writer. */
    private void follow(String secret, Wanted... wanted) {
        DnsAccess access =
                new DnsAccess(
                        List.of("berth.test"),
                        Duration.ofSeconds(10),
                        new DnsAccess.Rfc2136(
                                "127.0.0.1:" + bind.port(),
                                new DnsAccess.Key(
                                        Bind.KEY,
                                        DnsAccess.Algorithm.HMAC_SHA256,
                                        new EnvValue.FromSecret("dns.key"))),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null);
        DnsProviders providers =
                DnsProviders.of(
                        List.of(access),
                        _ -> Secret.of(secret),
                        new DnsProviders.Tools(
                                HttpClient.newHttpClient(),
                                new HttpPost(
                                        Duration.ofSeconds(1),
                                        new OwnersReach(home.resolve("none")),
                                        (SSLSocketFactory) SSLSocketFactory.getDefault()),
                                home,
                                new Nameservers(bind.address(), rig.clock),
                                rig.clock));
        rig.follow(
                new CertificateKeeper.Config(
                        List.of(wanted),
                        false,
                        Preflight.Way.UNKNOWN,
                        host -> {
                            DnsProviders.Provider by = providers.forHost(host);
                            return by == null
                                    ? null
                                    : new CertificateKeeper.Writer(by.records(), by.propagation());
                        }));
    }

    @Test
    void wildcard_provenByDynamicUpdate_coversOneLabel() throws Exception {
        follow(bind.secret(), dns("*.berth.test", "berth.test"));
        CertificateKeeper keeper = rig.start();

        CertificateReading preview = rig.awaitServed("pr-1-shop.berth.test");

        assertThat(preview.names()).containsExactly("*.berth.test", "berth.test");
        assertThat(keeper.now().of("a.b.berth.test")).isNull();
    }

    @Test
    void update_refusedByTheNameServer_saysSo() throws Exception {
        follow(Base64.getEncoder().encodeToString(new byte[32]), dns("*.berth.test"));
        rig.start();

        CertificateReading failed = rig.awaitFailure("*.berth.test");

        assertThat(failed.reason()).isEqualTo(ReasonCode.DnsProviderFailed);
        assertThat(failed.message()).isNotBlank();
    }

    @Test
    void orders_limited_waitAsLongAsTheAuthorityWants() throws Exception {
        front.limit(1);
        rig.want(http("limited.berth.test"));
        CertificateKeeper keeper = rig.start();

        CertificateReading limited = rig.awaitFailure("limited.berth.test");

        assertThat(limited.reason()).isEqualTo(ReasonCode.RateLimited);
        assertThat(limited.message()).contains("too many certificates already issued");
        assertThat(limited.nextTry())
                .isBetween(
                        Instant.now().plus(Duration.ofMinutes(115)),
                        Instant.now().plus(Duration.ofMinutes(125)));
        rig.want(http("limited.berth.test"), http("other.berth.test"));
        rig.await("other.berth.test", r -> r.reason() == ReasonCode.RateLimited);
        assertThat(keeper.outcomes()).containsExactlyEntriesOf(Map.of("rate_limited", 1L));

        rig.pass(Duration.ofMinutes(126));
        rig.awaitServed("limited.berth.test");
        rig.awaitServed("other.berth.test");
    }

    @Test
    void order_stuckAtWork_isLookedAtAgain_andNoOtherIsPlaced() throws Exception {
        front.atWork(true);
        rig.want(http("stuck.berth.test"));
        CertificateKeeper keeper = rig.start();
        for (int i = 0; keeper.outcomes().isEmpty() && i < 200; i++) {
            rig.pass(Duration.ofSeconds(10));
            Thread.sleep(10);
        }
        CertificateReading stuck = rig.awaitFailure("stuck.berth.test");
        assertThat(stuck.reason()).isEqualTo(ReasonCode.CertificateIssuing);

        front.atWork(false);
        rig.pass(Duration.ofMinutes(2));

        rig.awaitServed("stuck.berth.test");
        assertThat(front.orders()).hasSize(1);
    }

    @Test
    void window_thatIsOver_renewsAtOnce_andSaysWhatItReplaces() throws Exception {
        Instant now = Instant.now();
        front.window(now.plus(Duration.ofDays(10)), now.plus(Duration.ofDays(11)));
        rig.want(http("advised.berth.test"));
        rig.start();
        CertificateReading first =
                rig.await(
                        "advised.berth.test",
                        r ->
                                r.served()
                                        && r.renewAt() != null
                                        && r.renewAt().isBefore(now.plus(Duration.ofDays(12))));
        assertThat(first.renewAt()).isAfter(now.plus(Duration.ofDays(9)));
        Certificate before = rig.edge.serves().getFirst();

        front.window(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)));
        rig.pass(Duration.ofDays(4)); // it is not young any more

        rig.await("advised.berth.test", r -> r.served() && !rig.edge.serves().contains(before));
        assertThat(front.orders().getLast().get("replaces")).isNotNull();
        rig.pass(Duration.ofHours(2)); // the window of the new one is over just as well
        Awaitility.await()
                .during(Duration.ofMillis(500))
                .until(() -> front.orders().size(), count -> count == 2);
    }

    @Test
    void replaced_ofAnotherAccount_isRenewedAllTheSame() throws Exception {
        Instant now = Instant.now();
        front.window(now.plus(Duration.ofDays(60)), now.plus(Duration.ofDays(61)));
        rig.want(http("moved.berth.test"));
        rig.start();
        rig.awaitServed("moved.berth.test");
        Certificate before = rig.edge.serves().getFirst();

        front.refuseToReplace();
        CertificateKeeper keeper = rig.startWithOlder(Duration.ofDays(80));

        rig.await("moved.berth.test", r -> r.served() && !rig.edge.serves().contains(before));
        assertThat(keeper.outcomes()).containsOnlyKeys("issued");
        assertThat(front.orders())
                .extracting(order -> order.containsKey("replaces"))
                .containsExactly(false, true, false);
    }

    @Test
    void profile_ofSixDays_isAskedForAndRenewedInFour() throws Exception {
        pebble.close();
        front.close();
        pebble = Pebble.start(home.resolve("short"), setup().of(Duration.ofDays(6)));
        front = AuthorityFront.before(pebble);
        front.profiles();
        rig.want(
                new Wanted.Ordered(
                        new TreeSet<>(List.of("short.berth.test")),
                        new Issuer(front.url(), null, front.trust(), null),
                        Wanted.Method.HTTP_01,
                        "shortlived",
                        null));
        rig.start();

        CertificateReading reading = rig.awaitServed("short.berth.test");

        assertThat(front.orders().getFirst().get("profile")).isEqualTo("shortlived");
        assertThat(reading.renewAt())
                .isBetween(
                        Instant.now().plus(Duration.ofHours(90)),
                        Instant.now().plus(Duration.ofHours(97)));
    }

    @Test
    void profile_thatTheAuthorityHasNot_isSaid() throws Exception {
        rig.want(
                new Wanted.Ordered(
                        new TreeSet<>(List.of("profile.berth.test")),
                        new Issuer(front.url(), null, front.trust(), null),
                        Wanted.Method.HTTP_01,
                        "shortlived",
                        null));
        rig.start();

        CertificateReading failed = rig.awaitFailure("profile.berth.test");

        assertThat(failed.reason()).isEqualTo(ReasonCode.CertificateAuthorityFailed);
        assertThat(failed.message()).contains("profile");
    }

    @Test
    void account_thatMustBeBound_isBoundByTheKeyOfASecret() throws Exception {
        String hmac = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
        pebble.close();
        pebble = Pebble.start(home.resolve("bound"), setup().bound(hmac));
        SecretRef key = new SecretRef("acme", "hmac");
        Wanted.Ordered wanted =
                new Wanted.Ordered(
                        new TreeSet<>(List.of("bound.berth.test")),
                        new Issuer(
                                pebble.url(),
                                null,
                                pebble.trust(),
                                new Issuer.External("kid-1", key)),
                        Wanted.Method.HTTP_01,
                        null,
                        null);
        rig.want(wanted);
        rig.start();
        assertThat(rig.awaitFailure("bound.berth.test").message()).contains("acme.hmac");

        rig.secrets.put(key, Secret.of(hmac));
        rig.pass(Duration.ofHours(2));

        rig.awaitServed("bound.berth.test");
    }

    @Test
    void clock_thatIsWrong_isNamedWithTheFailure() throws Exception {
        pebble.close();
        front.close();
        pebble =
                Pebble.start(
                        home.resolve("bound"),
                        setup().bound("c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"));
        front = AuthorityFront.before(pebble);
        rig.wrongClock(Duration.ofDays(-3));
        rig.want(http("late.berth.test"));
        rig.start();

        CertificateReading failed = rig.awaitFailure("late.berth.test");

        assertThat(failed.message())
                .containsPattern("clock is 43(19|20) minutes behind that of the authority");
    }
}

package dev.berth.reconciler.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.certificate.testing.AuthorityFront;
import dev.berth.reconciler.certificate.testing.ChallengeDns;
import dev.berth.reconciler.certificate.testing.Pebble;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of a real authority, which validates hosts by HTTP. */
final class IssuingIT {
    @TempDir private static Path shared;
    private static ChallengeDns dns;

    @TempDir private Path home;
    private KeeperRig rig;
    private Pebble pebble;

    @BeforeAll
    static void startDns() throws IOException {
        dns = ChallengeDns.start(shared);
    }

    @AfterAll
    static void stopDns() {
        dns.close();
    }

    @BeforeEach
    void start() throws IOException {
        rig = new KeeperRig(home, dns.address());
        pebble = Pebble.start(home.resolve("pebble"), setup());
    }

    @AfterEach
    void stop() {
        rig.close();
        pebble.close();
    }

    private Pebble.Setup setup() {
        return Pebble.Setup.usual(rig.edge.port(), dns.port());
    }

    private Wanted.Ordered http(String... hosts) {
        return KeeperRig.http(pebble.url(), pebble.trust(), hosts);
    }

    @Test
    void hosts_ofOneDocument_shareACertificateOfP256() throws Exception {
        rig.want(http("shop.berth.test", "www.shop.berth.test"));
        rig.start();

        CertificateReading reading = rig.awaitServed("shop.berth.test");

        assertThat(reading.names()).containsExactly("shop.berth.test", "www.shop.berth.test");
        assertThat(reading.issuer()).contains("Pebble");
        Certificate served = rig.edge.serves().getFirst();
        assertThat(served.names()).containsExactly("shop.berth.test", "www.shop.berth.test");
        ECPublicKey key = (ECPublicKey) CheckedCertificate.leaf(served.chain()).getPublicKey();
        assertThat(key.getParams().getCurve().getField().getFieldSize()).isEqualTo(256);
        assertThat(rig.edge.challenges()).as("answers are taken away").isEmpty();
        assertThat(rig.changed).isNotEmpty();
    }

    @Test
    void restart_keepsCertificateAndAccount_ordersNothing() throws Exception {
        rig.want(http("kept.berth.test"));
        rig.start();
        rig.awaitServed("kept.berth.test");
        Certificate before = rig.edge.serves().getFirst();
        PublicKey account = rig.accountKey(http("kept.berth.test").issuer());
        pebble.stop();

        CertificateKeeper next = rig.start();
        rig.awaitServed("kept.berth.test");

        assertThat(rig.edge.serves()).containsExactly(before);
        assertThat(next.outcomes()).isEmpty();
        assertThat(rig.accountKey(http("kept.berth.test").issuer())).isEqualTo(account);
    }

    private static boolean isAsYoung(CertificateReading one, CertificateReading other) {
        Instant begins = one.notBefore();
        Instant began = other.notBefore();
        return begins != null && began != null && !begins.isBefore(began);
    }

    @Test
    void renewal_atTwoThirds_replacesTheCertificate() throws Exception {
        rig.want(http("renewed.berth.test"));
        rig.start();
        CertificateReading first = rig.awaitServed("renewed.berth.test");
        Certificate before = rig.edge.serves().getFirst();
        assertThat(first.renewAt())
                .isBetween(
                        Instant.now().plus(Duration.ofDays(57)),
                        Instant.now().plus(Duration.ofDays(61)));

        rig.startWithOlder(Duration.ofDays(61));

        rig.await("renewed.berth.test", r -> r.served() && isAsYoung(r, first));
        assertThat(rig.edge.serves()).doesNotContain(before);
    }

    @Test
    void renewal_byAClockThatIsAMonthBehind_isInTimeForEverybodyElse() throws Exception {
        rig.wrongClock(Duration.ofDays(-30));
        rig.want(http("behind.berth.test"));
        rig.start();
        rig.awaitServed("behind.berth.test");
        Certificate before = rig.edge.serves().getFirst();
        Awaitility.await() // the authority is asked for the time with its advice
                .until(() -> Files.readString(home.resolve("certificates.json")).contains("look"));

        rig.startWithOlder(Duration.ofDays(61));

        rig.await("behind.berth.test", r -> r.served() && !rig.edge.serves().contains(before));
    }

    @Test
    void account_lostByTheAuthority_isMadeAgainWithTheSameKey() throws Exception {
        rig.want(http("one.berth.test"));
        rig.start();
        rig.awaitServed("one.berth.test");
        PublicKey account = rig.accountKey(http("one.berth.test").issuer());

        pebble.stop();
        pebble.goOn();
        rig.want(http("one.berth.test"), http("two.berth.test"));

        rig.awaitServed("two.berth.test");
        assertThat(rig.accountKey(http("one.berth.test").issuer())).isEqualTo(account);
    }

    @Test
    void directory_downForAnHour_isAskedRarely_thenAllIsWell() throws Exception {
        pebble.stop();
        rig.want(http("patient.berth.test"));
        CertificateKeeper keeper = rig.start();

        CertificateReading failed = rig.awaitFailure("patient.berth.test");
        assertThat(failed.reason()).isEqualTo(ReasonCode.CertificateAuthorityFailed);
        assertThat(failed.message()).startsWith("127.0.0.1 does not answer");
        assertThat(failed.nextTry())
                .isBetween(rig.clock.instant(), rig.clock.instant().plusSeconds(40));
        for (int minute = 0; minute < 60; minute += 5) {
            rig.pass(Duration.ofMinutes(5));
            Thread.sleep(30);
        }
        assertThat(keeper.outcomes().get("unreachable")).isBetween(4L, 12L);

        pebble.goOn();
        rig.pass(Duration.ofHours(1).plusMinutes(10));
        rig.awaitServed("patient.berth.test");
    }

    @Test
    void nonces_rejectedNineTimesInTen_costTriesAndNoCertificate() throws Exception {
        pebble.close();
        pebble = Pebble.start(home.resolve("storm"), setup().with("PEBBLE_WFE_NONCEREJECT", "90"));
        rig.want(http("storm.berth.test"));
        rig.start();

        for (int i = 0; i < 200; i++) { // each lasts as long as its tries
            CertificateReading reading = rig.await("storm.berth.test", _ -> true);
            if (reading.served()) {
                break;
            }
            assertThat(reading.reason()).isIn(null, ReasonCode.CertificateAuthorityFailed);
            rig.pass(Duration.ofMinutes(1));
            Thread.sleep(50);
        }
        rig.awaitServed("storm.berth.test");
    }

    @Test
    void host_pointingElsewhere_isSaidBeforeAnOrder_othersGoOn() throws Exception {
        dns.address("astray.berth.test", "127.0.0.9");
        rig.want(http("astray.berth.test", "right.berth.test"));
        rig.follow(
                new CertificateKeeper.Config(
                        rig.config().wanted(),
                        false,
                        new Preflight.Way(List.of("127.0.0.1"), false),
                        _ -> null));
        CertificateKeeper keeper = rig.start();

        CertificateReading astray = rig.awaitFailure("astray.berth.test");
        CertificateReading right = rig.awaitServed("right.berth.test");

        assertThat(astray.reason()).isEqualTo(ReasonCode.HostNotPointing);
        assertThat(astray.message()).contains("127.0.0.9");
        assertThat(right.names()).containsExactly("right.berth.test");
        assertThat(keeper.outcomes()).doesNotContainKey("validation");

        dns.clear("astray.berth.test");
        rig.pass(Duration.ofMinutes(2));
        rig.awaitServed("astray.berth.test");
    }

    @Test
    void reissuedAt_newKeyIsServed_thenTheOldOneIsRevoked() throws Exception {
        rig.want(http("leaked.berth.test"));
        rig.start();
        rig.awaitServed("leaked.berth.test");
        Certificate before = rig.edge.serves().getFirst();
        String serial = CheckedCertificate.leaf(before.chain()).getSerialNumber().toString(16);

        rig.pass(Duration.ofMinutes(1));
        rig.want(
                KeeperRig.ordered(
                        Wanted.Method.HTTP_01,
                        pebble.url(),
                        pebble.trust(),
                        rig.clock.instant(),
                        "leaked.berth.test"));

        rig.await("leaked.berth.test", r -> r.served() && !rig.edge.serves().contains(before));
        Awaitility.await()
                .untilAsserted(() -> assertThat(pebble.status(serial)).contains("Revoked"));
        assertThat(rig.edge.serves().getFirst().key()).isNotEqualTo(before.key());
    }

    @Test
    void killed_atEachStep_theNextProcessGoesOnWithTheSameOrder() throws Exception {
        AuthorityFront front = AuthorityFront.before(pebble);
        for (String step : List.of("before finalize", "after finalize", "before install")) {
            assertThat(ordersWhenKilled(front, step)).as(step).isOne();
        }
        assertThat(ordersWhenKilled(front, "order placed"))
                .as("nobody can go on with an order that was not noted")
                .isEqualTo(2);
        front.close();
    }

    private int ordersWhenKilled(AuthorityFront front, String step) throws Exception {
        String host = step.replace(' ', '-') + ".berth.test";
        CrashingShelf.Switch crash = new CrashingShelf.Switch(step);
        rig.stop(); // else the one from before may place an order that it can't note any more
        rig.shelf(shelf -> new CrashingShelf(shelf, crash));
        rig.authorities(all -> new CrashingAuthorities(all, crash));
        int before = front.orders().size();
        rig.want(KeeperRig.http(front.url(), front.trust(), host));
        rig.start();
        crash.await();

        rig.shelf(shelf -> shelf);
        rig.authorities(all -> all);
        CertificateKeeper keeper = rig.start();
        rig.awaitServed(host);

        assertThat(keeper.outcomes()).as(step).containsOnlyKeys("issued");
        return front.orders().size() - before;
    }
}

package dev.berth.reconciler.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.berth.reconciler.certificate.testing.TestAuthority;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.lease.Standing;
import dev.berth.reconciler.plan.Scene;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.Json;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a keeper does, with an authority in memory. */
final class KeeperTest {
    @TempDir private Path home;
    private KeeperRig rig;
    private FakeAuthority authority;

    @BeforeEach
    void start() {
        rig = new KeeperRig(home);
        authority = rig.authority();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /** What the edge serves a host. */
    private String chain(String host) {
        return rig.edge.serves().stream()
                .filter(each -> each.names().contains(host))
                .map(Certificate::chain)
                .findFirst()
                .orElseThrow();
    }

    private void awaitOther(String host, String before) {
        rig.await(host, r -> r.served() && !chain(host).equals(before));
    }

    private void staysSo(Runnable assertion) {
        Awaitility.await().during(Duration.ofMillis(200)).untilAsserted(assertion::run);
    }

    private static IssuingException of(Setback.Kind kind, String host) {
        return IssuingException.of(kind, new TreeMap<>(Map.of(host, "no")));
    }

    // ---- who acts, and who waits ----

    @Test
    void follower_ordersNothing_andBeginsWhenItTakesOver() throws Exception {
        rig.stand(new Standing.Follower("another"));
        rig.want(KeeperRig.ordered("a.test"));
        rig.start();
        rig.pass(Duration.ofHours(1));
        staysSo(() -> assertThat(authority.asked()).isZero());

        rig.stand(new Standing.Writer(2));
        rig.pass(Duration.ofSeconds(11));

        rig.awaitServed("a.test");
    }

    @Test
    void directory_thatDoesNotAnswer_keepsNoPassWaiting() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        authority.refuse(
                _ -> {
                    asked.countDown();
                    Thread.sleep(Duration.ofMinutes(1));
                });
        rig.want(KeeperRig.ordered("a.test"));
        CertificateKeeper keeper = rig.start();
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

        assertTimeoutPreemptively(
                Duration.ofSeconds(2),
                () -> {
                    rig.want(KeeperRig.ordered("a.test"), KeeperRig.ordered("b.test"));
                    keeper.now();
                });
        rig.await("b.test", r -> !r.served());
    }

    @Test
    void follow_sameAccessToDns_makesItsWritersOnce() throws Exception {
        CertificateKeeper keeper = rig.start();
        DesiredState.Known desired = new Scene().desired();

        keeper.follow(desired);
        keeper.follow(desired);

        assertThat(rig.writersMade).hasValue(1);
    }

    // ---- failures ----

    @Test
    void failure_isWaitedFor_alsoByTheNextProcess() throws Exception {
        authority.refuse(
                _ -> {
                    throw new IssuingException(Setback.Kind.REFUSED, "no");
                });
        rig.want(KeeperRig.ordered("a.test"));
        rig.start();
        CertificateReading failed = rig.awaitFailure("a.test");
        int asked = authority.asked();

        CertificateKeeper next = rig.start();
        staysSo(() -> assertThat(authority.asked()).isEqualTo(asked));
        assertThat(rig.awaitFailure("a.test").nextTry()).isEqualTo(failed.nextTry());
        assertThat(next.outcomes()).isEmpty();

        rig.pass(Duration.ofMinutes(70));
        rig.await("a.test", r -> r.nextTry() != null && r.nextTry().isAfter(failed.nextTry()));
        assertThat(Duration.between(rig.clock.instant(), rig.awaitFailure("a.test").nextTry()))
                .as("the second time in a row")
                .isGreaterThan(Duration.ofHours(2));
    }

    @Test
    void reducedGroup_orderAtWork_isRemembered_alsoByTheNextProcess() throws Exception {
        rig.astray().add("b.test");
        authority.refuseToFinish(
                _ -> {
                    throw new IssuingException(Setback.Kind.PROCESSING, "at work");
                });
        rig.want(KeeperRig.ordered("a.test", "b.test", "c.test"));
        rig.start();
        rig.await("a.test", r -> r.message().equals("at work"));

        staysSo(() -> assertThat(authority.orders()).hasSize(1));
        rig.start();
        staysSo(() -> assertThat(authority.orders()).hasSize(1));
        authority.refuseToFinish(_ -> {});
        rig.pass(Duration.ofSeconds(70));

        rig.awaitServed("a.test");
        rig.awaitServed("c.test");
        assertThat(authority.orders()).hasSize(1);
    }

    @Test
    void order_thatCantBeNoted_goesNoFurther_andIsNotLost() throws Exception {
        Path inTheWay = Files.createDirectory(home.resolve("certificates.json.tmp"));
        rig.want(KeeperRig.ordered("a.test"));
        rig.start();

        CertificateReading failed = rig.awaitFailure("a.test");
        assertThat(failed.reason()).isEqualTo(ReasonCode.DiskFull);
        assertThat(rig.edge.serves()).isEmpty();

        Files.delete(inTheWay);
        rig.pass(Duration.ofSeconds(70));
        rig.awaitServed("a.test");
        assertThat(authority.orders()).hasSize(1);
    }

    @Test
    void brokenHosts_howeverMany_keepNoOtherWaiting() throws Exception {
        List<Wanted> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            rig.astray().add("broken-" + i + ".test");
            all.add(KeeperRig.ordered("broken-" + i + ".test"));
            all.add(KeeperRig.ordered("good-" + i + ".test"));
        }
        rig.want(all.toArray(Wanted[]::new));
        rig.start();

        Awaitility.await().until(() -> authority.orders().size() >= 20);
        staysSo(() -> assertThat(authority.orders()).as("a minute").hasSizeBetween(20, 21));
        rig.pass(Duration.ofMinutes(1));
        Awaitility.await().until(() -> authority.orders().size() >= 40);
    }

    // ---- behind NAT ----

    private void wantBehindNat(String listed) throws IOException {
        rig.behindNat(InetAddress.getByName("203.0.113.9"));
        wantBehindNat(listed, false);
        rig.start();
    }

    private void wantBehindNat(String listed, boolean holds) {
        rig.follow(
                new CertificateKeeper.Config(
                        List.of(KeeperRig.ordered("a.test")),
                        holds,
                        new Preflight.Way(listed.isEmpty() ? List.of() : List.of(listed), false),
                        rig.config().dns()));
    }

    /** Time passes, and the keeper looks then, also if it only begins to wait. */
    private void pass(Duration time, String listed) {
        rig.pass(time);
        wantBehindNat(listed, !rig.config().holds());
    }

    private Instant nextTry() {
        return Objects.requireNonNull(
                rig.await(
                                "a.test",
                                r ->
                                        r.nextTry() != null
                                                && r.nextTry().isAfter(rig.clock.instant()))
                        .nextTry());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "203.0.113.9"})
    void hostBehindNat_thatFailedOnce_isOrderedAllTheSame(String listed) throws Exception {
        authority.refuse(
                _ -> {
                    throw new IssuingException(Setback.Kind.UNREACHABLE, "no network yet");
                });
        wantBehindNat(listed);
        nextTry();

        authority.refuse(_ -> {});
        pass(Duration.ofMinutes(1), listed);

        rig.awaitServed("a.test");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "203.0.113.9"})
    void hostBehindNat_thatIsNeverReached_costsOrdersAsFailedValidationsMay(String listed)
            throws Exception {
        authority.refuse(
                _ -> {
                    throw of(Setback.Kind.VALIDATION, "a.test");
                });
        Instant end = rig.clock.instant().plus(Duration.ofDays(2));
        wantBehindNat(listed);

        int orders = 1;
        for (Instant next = nextTry(); next.isBefore(end); next = nextTry()) {
            assertThat(authority.asked()).isEqualTo(orders);
            pass(Duration.between(rig.clock.instant(), next).plusSeconds(1), listed);
            int more = ++orders;
            Awaitility.await("order").until(() -> authority.asked() >= more);
        }

        assertThat(orders).as("0, 10 and 40 minutes, 2, 5, 17, 41 hours").isBetween(6, 7);
    }

    // ---- crashes ----

    @Test
    void killedAfterInstall_theRenewalHasAnOrderAndAKeyOfItsOwn() throws Exception {
        CrashingShelf.Switch crash = new CrashingShelf.Switch("after install");
        rig.shelf(shelf -> new CrashingShelf(shelf, crash));
        rig.want(KeeperRig.ordered("a.test"));
        rig.start();
        crash.await();
        rig.shelf(shelf -> shelf);
        rig.start();
        rig.awaitServed("a.test");
        Certificate before = rig.edge.serves().getFirst();

        rig.pass(Duration.ofDays(61));
        awaitOther("a.test", before.chain());

        assertThat(authority.orders()).hasSize(2);
        assertThat(rig.edge.serves().getFirst().key()).isNotEqualTo(before.key());
    }

    @Test
    void authority_thatGivesTheOldOneOnceMore_isRefused() throws Exception {
        rig.want(KeeperRig.ordered("a.test"));
        rig.start();
        rig.awaitServed("a.test");
        authority.repeat();

        rig.pass(Duration.ofDays(61));

        assertThat(rig.awaitFailure("a.test").message())
                .contains("the key is not that of the certificate");
    }

    // ---- what is served ----

    @Test
    void wildcard_thatCantBeHad_takesNoCertificateFromTheHostsItIsFor() throws Exception {
        rig.want(KeeperRig.ordered("a.shop.test"), KeeperRig.ordered("b.shop.test"));
        rig.start();
        rig.awaitServed("a.shop.test");
        rig.awaitServed("b.shop.test");
        List<Certificate> before = rig.edge.serves();
        authority.refuse(
                _ -> {
                    throw new IssuingException(Setback.Kind.DNS, "token is wrong");
                });

        rig.want(KeeperRig.ordered("*.shop.test"));

        CertificateReading a = rig.awaitFailure("a.shop.test");
        assertThat(a.served()).isTrue();
        assertThat(a.names()).containsExactly("a.shop.test");
        assertThat(a.reason()).isEqualTo(ReasonCode.DnsProviderFailed);
        assertThat(rig.awaitFailure("new.shop.test").served()).isFalse();
        staysSo(() -> assertThat(rig.edge.serves()).isEqualTo(before));
        rig.start();
        rig.awaitFailure("b.shop.test");
        staysSo(() -> assertThat(rig.edge.serves()).isEqualTo(before));

        authority.refuse(_ -> {});
        rig.pass(Duration.ofDays(1));
        rig.await("a.shop.test", r -> r.served() && r.names().equals(Set.of("*.shop.test")));
        assertThat(rig.edge.serves())
                .extracting(Certificate::names)
                .containsExactly(List.of("*.shop.test"));
    }

    @Test
    void brought_thatCantBeUsedAnyMore_isServedOn_andStillSaysSo() throws Exception {
        SecretRef chain = new SecretRef("own", "chain");
        SecretRef key = new SecretRef("own", "key");
        Instant now = rig.clock.instant();
        TestAuthority.Issued issued =
                new TestAuthority()
                        .issue(
                                List.of("a.test"),
                                now.minus(Duration.ofDays(1)),
                                now.plus(Duration.ofDays(30)));
        rig.secrets.put(chain, Secret.of(issued.chain()));
        rig.secrets.put(key, Secret.of(issued.key()));
        Wanted brought = new Wanted.Brought(new TreeSet<>(List.of("a.test")), chain, key);
        rig.want(brought);
        rig.start();
        rig.awaitServed("a.test");
        List<Certificate> before = rig.edge.serves();

        rig.secrets.put(chain, Secret.of("no certificate"));
        rig.want(brought);

        assertThat(rig.awaitFailure("a.test").reason()).isEqualTo(ReasonCode.CertificateInvalid);
        rig.pass(Duration.ofHours(1));
        staysSo(
                () -> {
                    assertThat(rig.edge.serves()).isEqualTo(before);
                    assertThat(rig.awaitFailure("a.test").reason())
                            .isEqualTo(ReasonCode.CertificateInvalid);
                });
    }

    // ---- clocks ----

    @Test
    void certificate_notValidYetOrDueAlready_isRefused_andTheClockNamed() throws Exception {
        authority.validFrom(Duration.ofDays(2));
        rig.want(KeeperRig.ordered("early.test"));
        rig.start();
        assertThat(rig.awaitFailure("early.test").message()).contains("clock");

        authority.validFrom(Duration.ofDays(-80));
        rig.want(KeeperRig.ordered("late.test"));

        CertificateReading late = rig.awaitFailure("late.test");
        assertThat(late.message()).contains("clock");
        assertThat(late.nextTry()).isAfter(rig.clock.instant().plus(Duration.ofMinutes(50)));
        assertThat(rig.edge.serves()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-30, 70})
    void clock_thatIsWrong_isSetRightByThatOfTheAuthority(int days) throws Exception {
        authority.ahead(Duration.ofDays(days));
        rig.want(KeeperRig.ordered("a.test"));
        rig.start();
        rig.awaitServed("a.test");

        rig.start();
        rig.awaitServed("a.test");
        staysSo(() -> assertThat(authority.orders()).hasSize(1));
    }

    @Test
    void clocks_ofTwoAuthorities_eachCountsForItsOwn() throws Exception {
        Issuer own = new Issuer(URI.create("https://ca.home.test/dir"), null, null, null);
        FakeAuthority late = new FakeAuthority(rig.clock);
        late.ahead(Duration.ofDays(400));
        rig.authorities(all -> issuer -> issuer.equals(own) ? late : all.of(issuer));
        rig.want(
                KeeperRig.ordered("a.test"),
                new Wanted.Ordered(
                        new TreeSet<>(List.of("home.test")),
                        own,
                        Wanted.Method.HTTP_01,
                        null,
                        null));
        CertificateKeeper keeper = rig.start();

        rig.awaitServed("a.test");
        rig.awaitServed("home.test");
        late.hideTime();
        for (int i = 0; i < 3; i++) { // each is asked when to renew
            rig.pass(Duration.ofHours(7));
            staysSo(() -> assertThat(keeper.outcomes()).isEqualTo(Map.of("issued", 2L)));
        }
        assertThat(authority.asked()).isOne();
        assertThat(late.asked()).isOne();

        rig.pass(Duration.ofDays(61));
        Awaitility.await().until(() -> authority.asked() == 2 && late.asked() == 2);
        rig.awaitServed("a.test");
        rig.awaitServed("home.test");
    }

    // ---- revocation ----

    @Test
    void reissued_hostThatAWildcardServed_theWildcardThatServesOthersIsNotRevoked()
            throws Exception {
        Wanted wildcard = KeeperRig.ordered("*.shop.test");
        rig.want(wildcard);
        rig.start();
        rig.awaitServed("*.shop.test");
        String others = chain("*.shop.test");
        rig.pass(Duration.ofMinutes(1));

        rig.want(wildcard, KeeperRig.ordered(rig.clock.instant(), "a.shop.test"));
        rig.awaitServed("a.shop.test");
        rig.await("a.shop.test", r -> r.names().equals(Set.of("a.shop.test")));

        staysSo(() -> assertThat(authority.revoked()).isEmpty());
        assertThat(chain("*.shop.test")).isEqualTo(others);
        assertThat(authority.orders().getLast().replaces())
                .as("it does not replace what is for others")
                .isNull();
    }

    @Test
    void reissued_groupThatIsHeldApart_allOfItIsRevoked() throws Exception {
        rig.want(KeeperRig.ordered("a.test"), KeeperRig.ordered("b.test"));
        rig.start();
        rig.awaitServed("a.test");
        rig.awaitServed("b.test");
        List<String> before = List.of(chain("a.test"), chain("b.test"));
        rig.pass(Duration.ofMinutes(1));

        rig.want(KeeperRig.ordered(rig.clock.instant(), "a.test", "b.test"));
        awaitOther("a.test", before.getFirst());

        Awaitility.await()
                .untilAsserted(
                        () ->
                                assertThat(authority.revoked())
                                        .containsExactlyInAnyOrderElementsOf(before));
    }

    @Test
    void reissued_partOfAGroup_isRevokedOnlyOnceItServesNobody() throws Exception {
        rig.want(KeeperRig.ordered("a.test", "b.test"));
        rig.start();
        rig.awaitServed("a.test");
        String before = chain("a.test");
        rig.pass(Duration.ofMinutes(1));
        rig.astray().add("b.test");
        authority.refuse(
                names -> {
                    if (names.contains("b.test")) {
                        throw of(Setback.Kind.VALIDATION, "b.test");
                    }
                });

        Wanted.Ordered again = KeeperRig.ordered(rig.clock.instant(), "a.test", "b.test");
        rig.want(again);
        awaitOther("a.test", before);
        staysSo(() -> assertThat(authority.revoked()).isEmpty());
        assertThat(chain("b.test")).isEqualTo(before);

        rig.astray().clear();
        authority.refuse(_ -> {});
        rig.pass(Duration.ofMinutes(12));
        awaitOther("b.test", before);
        Awaitility.await()
                .untilAsserted(() -> assertThat(authority.revoked()).containsExactly(before));
    }

    @Test
    void reissued_whatLastsLongerIsNotServedOn() throws Exception {
        rig.want(KeeperRig.ordered("a.test"));
        rig.start();
        rig.awaitServed("a.test");
        String before = chain("a.test");
        rig.pass(Duration.ofMinutes(1));
        authority.lifetime(Duration.ofDays(40));

        rig.want(KeeperRig.ordered(rig.clock.instant(), "a.test", "b.test"));

        awaitOther("a.test", before);
        Awaitility.await()
                .untilAsserted(() -> assertThat(authority.revoked()).containsExactly(before));
    }

    @Test
    void reissued_killedBeforeTheEdgeServesTheNewOne_theOldOneIsRevokedByTheNextProcess()
            throws Exception {
        rig.want(KeeperRig.ordered("a.test"));
        rig.start();
        rig.awaitServed("a.test");
        String before = chain("a.test");
        rig.pass(Duration.ofMinutes(1));

        rig.edge.present(false);
        rig.want(KeeperRig.ordered(rig.clock.instant(), "a.test"));
        Awaitility.await().until(() -> !chain("a.test").equals(before));
        staysSo(() -> assertThat(authority.revoked()).isEmpty());
        rig.stop();
        rig.edge.present(true);
        rig.start();

        Awaitility.await()
                .untilAsserted(() -> assertThat(authority.revoked()).containsExactly(before));
    }

    @Test
    void revocation_byAnAccountThatNobodyWants_isGivenUpInTheEnd() throws Exception {
        Path file = home.resolve("certificates.json");
        Instant now = rig.clock.instant();
        Wanted.Ordered wanted = KeeperRig.ordered("a.test");
        Files.writeString(
                file,
                Json.write(
                        Notes.NONE.and(
                                new Notes.Revocation(
                                        wanted.id(),
                                        "chain",
                                        "of nobody",
                                        true,
                                        now,
                                        now.plus(Duration.ofDays(1))))));
        rig.want(wanted);
        rig.start();
        rig.awaitServed("a.test");
        assertThat(Files.readString(file)).contains("of nobody");

        rig.pass(Duration.ofHours(25));

        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(Files.readString(file)).doesNotContain("of nobody"));
    }
}

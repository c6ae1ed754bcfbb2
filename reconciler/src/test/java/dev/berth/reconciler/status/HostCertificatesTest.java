package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.berth.reconciler.certificate.CertificateReading;
import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.converge.Outcomes;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.Scene;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CertificateReady, the list of certificates and the URLs, as readings of hosts make them. */
final class HostCertificatesTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ResourceId WWW = new ResourceId(Kind.Domain, "www");
    private static final ResourceId HOME = new ResourceId(Kind.Instance, "home");
    private static final Instant NOW = Scene.NOW.plusSeconds(2);

    private final Map<String, CertificateReading> readings = new HashMap<>();
    private Map<ResourceId, ResourceStatus> before = Map.of();
    private Instant start = Scene.NOW;
    private PassReport report = SamplePasses.pass(1);

    /** A certificate of 90 days. */
    private static CertificateReading valid(Duration left, boolean served, String... names) {
        return new CertificateReading(
                new TreeSet<>(List.of(names)),
                CertificateStatus.Source.ORDERED,
                "E7",
                NOW.plus(left).minus(Duration.ofDays(90)),
                NOW.plus(left),
                NOW.plus(left).minus(Duration.ofDays(30)),
                served,
                null,
                null,
                "",
                null);
    }

    private static CertificateReading unserved(Duration sinceAsked) {
        CertificateReading valid = valid(Duration.ofDays(60), false, "shop.localhost");
        return new CertificateReading(
                valid.names(),
                valid.source(),
                valid.issuer(),
                valid.notBefore(),
                valid.notAfter(),
                valid.renewAt(),
                false,
                NOW.minus(sinceAsked),
                null,
                "",
                null);
    }

    private static CertificateReading failing(
            CertificateReading valid, ReasonCode reason, String message, @Nullable Instant next) {
        return new CertificateReading(
                valid.names(),
                valid.source(),
                valid.issuer(),
                valid.notBefore(),
                valid.notAfter(),
                valid.renewAt(),
                valid.served(),
                valid.asked(),
                reason,
                message,
                next);
    }

    private static CertificateReading missing(
            @Nullable ReasonCode reason, String message, @Nullable Instant next, String name) {
        return new CertificateReading(
                new TreeSet<>(List.of(name)),
                CertificateStatus.Source.ORDERED,
                null,
                null,
                null,
                null,
                false,
                null,
                reason,
                message,
                next);
    }

    private static Scene shop() {
        return new Scene().app("shop", Scene.template("shop:1"), 1);
    }

    private void derive(Scene scene) {
        Plan plan = scene.plan();
        Map<String, CertificateReading> seen = new TreeMap<>(readings);
        report =
                StatusDeriver.derive(
                        new PassInput(
                                "p1",
                                "poll",
                                scene.desired(),
                                scene.live(),
                                plan,
                                new Outcomes(
                                        plan.changes().stream()
                                                .<Outcome>map(
                                                        change ->
                                                                new Outcome.Done(
                                                                        change, Duration.ZERO))
                                                .toList()),
                                null,
                                null,
                                8080,
                                before,
                                start,
                                Duration.between(Scene.NOW, NOW),
                                PassInput.Tidiness.UNSEEN,
                                new PassInput.Https(8443, seen::get)));
        before =
                report.resources().stream()
                        .collect(Collectors.toMap(ResourceStatus::id, Function.identity()));
    }

    private void later(Duration time) {
        start = start.plus(time);
    }

    private ResourceStatus status(Scene scene, ResourceId id) {
        derive(scene);
        return at(id);
    }

    private ResourceStatus at(ResourceId id) {
        return Objects.requireNonNull(before.get(id), id::toString);
    }

    private @Nullable Condition certified(ResourceId id) {
        return status(shop(), id).condition(ConditionType.CertificateReady);
    }

    @Test
    void derive_noHostNeedsOne_saysNothing() {
        ResourceStatus status = status(shop(), SHOP);

        assertThat(status.condition(ConditionType.CertificateReady)).isNull();
        assertThat(status.certificates()).isEmpty();
        assertThat(status.urls()).containsExactly("http://shop.localhost:8080");
    }

    @Test
    void derive_servedCertificate_isReadyAndReachedByHttps() {
        readings.put("shop.localhost", valid(Duration.ofDays(60), true, "shop.localhost"));

        ResourceStatus status = status(shop(), SHOP);

        assertThat(status.condition(ConditionType.CertificateReady))
                .returns(Status.True, Condition::status)
                .returns(ReasonCode.Succeeded, Condition::reason)
                .returns(
                        "shop.localhost: until 2027-01-20 09:00 UTC, renewed about 2026-12-21 09:00 UTC",
                        Condition::message);
        assertThat(status.urls()).containsExactly("https://shop.localhost:8443");
        assertThat(status.certificates())
                .containsExactly(
                        new CertificateStatus(
                                List.of("shop.localhost"),
                                CertificateStatus.Source.ORDERED,
                                "E7",
                                NOW.plus(Duration.ofDays(60)),
                                NOW.plus(Duration.ofDays(30)),
                                null));
    }

    @Test
    void derive_notServedYet_isIssuingUnlessItWasReady() {
        readings.put("shop.localhost", valid(Duration.ofDays(60), false, "shop.localhost"));
        assertThat(certified(SHOP)).returns(ReasonCode.CertificateIssuing, Condition::reason);
        assertThat(at(SHOP).urls()).containsExactly("http://shop.localhost:8080");

        readings.put("shop.localhost", valid(Duration.ofDays(60), true, "shop.localhost"));
        assertThat(certified(SHOP)).returns(Status.True, Condition::status);

        // As after a start of control, before the edge has reported.
        readings.put("shop.localhost", valid(Duration.ofDays(60), false, "shop.localhost"));
        assertThat(certified(SHOP)).returns(Status.True, Condition::status);

        readings.put("shop.localhost", unserved(Duration.ofSeconds(119)));
        assertThat(certified(SHOP)).returns(Status.True, Condition::status);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void derive_notServedForTwoMinutes_saysThatTheEdgeDoesNot(boolean before) {
        readings.put("shop.localhost", valid(Duration.ofDays(60), before, "shop.localhost"));
        assertThat(certified(SHOP)).returns(before ? Status.True : Status.False, Condition::status);

        readings.put("shop.localhost", unserved(Duration.ofMinutes(2)));

        assertThat(certified(SHOP))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.EdgeUnavailable, Condition::reason)
                .returns(
                        "shop.localhost: is there, and the edge has not said since 2026-11-21 08:58 UTC that it serves it",
                        Condition::message);
    }

    @Test
    void derive_nothingOrderedYet_isIssuingAndReadyIsNotTouched() {
        readings.put("shop.localhost", missing(null, "", null, "shop.localhost"));

        assertThat(certified(SHOP))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.CertificateIssuing, Condition::reason);
        assertThat(at(SHOP).condition(ConditionType.Ready)).returns(Status.True, Condition::status);
    }

    @Test
    void derive_orderThatFailed_saysWhyAndWhenItIsTriedAgain() {
        readings.put(
                "shop.localhost",
                missing(
                        ReasonCode.HostNotPointing,
                        "A record points to 203.0.113.9, this host is 198.51.100.7",
                        NOW.plus(Duration.ofMinutes(5)),
                        "shop.localhost"));

        assertThat(certified(SHOP))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.HostNotPointing, Condition::reason)
                .returns(
                        "shop.localhost: A record points to 203.0.113.9, this host is 198.51.100.7; next try 2026-11-21 09:05 UTC",
                        Condition::message);
    }

    @ParameterizedTest
    @CsvSource({
        "16, True, Succeeded",
        "15, False, CertificateExpiring",
        "1, False, CertificateExpiring",
        "0, False, CertificateExpired",
        "-1, False, CertificateExpired"
    })
    void derive_renewalThatFails_isTrueUntilASixthIsLeft(
            int days, Status status, ReasonCode reason) {
        readings.put(
                "shop.localhost",
                failing(
                        valid(Duration.ofDays(days), true, "shop.localhost"),
                        ReasonCode.CertificateAuthorityFailed,
                        "the directory answered 503",
                        NOW.plus(Duration.ofHours(1))));

        Condition condition = Objects.requireNonNull(certified(SHOP));

        assertThat(condition).returns(status, Condition::status).returns(reason, Condition::reason);
        assertThat(condition.message())
                .endsWith(
                        "; it could not be renewed: the directory answered 503; next try 2026-11-21 10:00 UTC");
    }

    @Test
    void derive_certificateOfAnotherHost_isInvalidHoweverLongItLasts() {
        readings.put(
                "shop.localhost",
                failing(
                        valid(Duration.ofDays(60), false, "other.localhost"),
                        ReasonCode.CertificateInvalid,
                        "the certificate in tls.chain is for other.localhost",
                        null));

        assertThat(certified(SHOP))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.CertificateInvalid, Condition::reason)
                .returns(
                        "shop.localhost: the certificate in tls.chain is for other.localhost",
                        Condition::message);
    }

    @Test
    void derive_documentWithProblems_staysAsItWasWithItsCertificates() {
        readings.put("shop.localhost", valid(Duration.ofDays(60), true, "shop.localhost"));
        ResourceStatus whole = status(shop(), SHOP);
        readings.clear();

        ResourceStatus held = status(new Scene().held("shop"), SHOP);

        assertThat(held.condition(ConditionType.Ready)).returns(Status.False, Condition::status);
        assertThat(held.certificates()).isEqualTo(whole.certificates()).isNotEmpty();
        assertThat(held.condition(ConditionType.CertificateReady))
                .isEqualTo(whole.condition(ConditionType.CertificateReady))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "44, True, Succeeded, ''",
        "46, False, CertificateExpiring, shop.localhost: until 2027-01-20 09:00 UTC; not renewed while its document has problems: mend these",
        "60, False, CertificateExpired, shop.localhost: until 2027-01-20 09:00 UTC; not renewed while its document has problems: mend these"
    })
    void derive_documentHeldForLong_itsCertificatesGrowOld(
            int days, Status status, ReasonCode reason, String message) {
        readings.put("shop.localhost", valid(Duration.ofDays(60), true, "shop.localhost"));
        derive(shop());
        readings.clear();
        derive(new Scene().held("shop"));
        later(Duration.ofDays(days));

        Condition condition =
                Objects.requireNonNull(
                        status(new Scene().held("shop"), SHOP)
                                .condition(ConditionType.CertificateReady));

        assertThat(condition).returns(status, Condition::status).returns(reason, Condition::reason);
        assertThat(condition.message()).contains(message);
        assertThat(condition.lastTransitionTime().isAfter(NOW)).isEqualTo(status == Status.False);
    }

    @Test
    void overdue_instance_keepsItsCertificates() {
        readings.put("*.localhost", valid(Duration.ofDays(60), true, "*.localhost"));
        derive(shop());

        ResourceStatus home =
                Overdue.in(report, "no pass", NOW, NOW.plusSeconds(600)).resources().stream()
                        .filter(status -> status.id().equals(HOME))
                        .findFirst()
                        .orElseThrow();

        assertThat(home.condition(ConditionType.Ready)).returns(Status.False, Condition::status);
        assertThat(home.certificates()).isEqualTo(at(HOME).certificates()).isNotEmpty();
        assertThat(home.condition(ConditionType.CertificateReady))
                .isEqualTo(at(HOME).condition(ConditionType.CertificateReady))
                .isNotNull();
    }

    @Test
    void derive_orderThatFailsOnceCertificatesAreAskedFor_hasJustBegun() {
        readings.put(
                "shop.localhost",
                missing(ReasonCode.NotConfigured, "no acme", null, "shop.localhost"));
        Condition calm = Objects.requireNonNull(certified(SHOP));
        later(Duration.ofDays(3));
        readings.put("shop.localhost", missing(null, "", null, "shop.localhost"));
        Condition ordering = Objects.requireNonNull(certified(SHOP));
        later(Duration.ofMinutes(1));
        readings.put(
                "shop.localhost",
                missing(ReasonCode.HostNotPointing, "no A record", null, "shop.localhost"));
        Condition failing = Objects.requireNonNull(certified(SHOP));

        assertThat(calm.lastTransitionTime()).isEqualTo(NOW);
        assertThat(ordering.lastTransitionTime()).isEqualTo(NOW.plus(Duration.ofDays(3)));
        assertThat(failing.lastTransitionTime()).isEqualTo(ordering.lastTransitionTime());
        assertThat(failing.after(calm).lastTransitionTime())
                .isEqualTo(failing.lastTransitionTime());
    }

    @Test
    void derive_wildcardHost_isNoAddressToGoTo() {
        Scene scene =
                shop().route("*.example.com", "/", WWW, new DesiredRoute.ToHost("shop.localhost"))
                        .route("example.com", "/", WWW, new DesiredRoute.ToHost("shop.localhost"));

        assertThat(status(scene, WWW).urls()).containsExactly("http://example.com:8080");
    }

    @Test
    void derive_severalHosts_theWorstIsTold() {
        Scene scene =
                shop().route("www.example.com", "/", WWW, new DesiredRoute.ToHost("example.com"));
        readings.put("www.example.com", valid(Duration.ofDays(60), true, "www.example.com"));
        readings.put(
                "shop.localhost",
                missing(ReasonCode.NotConfigured, "no acme", null, "shop.localhost"));

        assertThat(status(scene, WWW).condition(ConditionType.CertificateReady))
                .returns(Status.True, Condition::status);
        assertThat(at(WWW).urls()).containsExactly("https://www.example.com:8443");
        assertThat(at(SHOP).condition(ConditionType.CertificateReady))
                .returns(ReasonCode.NotConfigured, Condition::reason);
    }

    @Test
    void derive_hostsThatLackOne_areToldTogetherByCauseAndNextTry() {
        Scene scene = shop();
        for (String name : List.of("a", "b", "c", "d")) {
            scene.route(name + ".com", "/", WWW, new DesiredRoute.ToHost("shop.localhost"));
        }
        Instant soon = NOW.plusSeconds(60);
        Instant later = NOW.plusSeconds(600);
        readings.put("a.com", valid(Duration.ofDays(60), true, "a.com"));
        readings.put("b.com", missing(ReasonCode.HostNotPointing, "no A", soon, "b.com"));
        readings.put("c.com", missing(ReasonCode.HostNotPointing, "no AAAA", soon, "c.com"));
        readings.put("d.com", missing(ReasonCode.ChallengeFailed, "404", later, "d.com"));

        assertThat(status(scene, WWW).certificates())
                .extracting(CertificateStatus::names, CertificateStatus::nextTry)
                .containsExactly(
                        tuple(List.of("a.com"), null),
                        tuple(List.of("b.com", "c.com"), soon),
                        tuple(List.of("d.com"), later));
    }

    @Test
    void derive_wildcardOfTheDomain_isTheInstances() {
        readings.put("*.localhost", valid(Duration.ofDays(60), true, "*.localhost"));
        readings.put("shop.localhost", valid(Duration.ofDays(60), true, "*.localhost"));

        assertThat(certified(HOME)).returns(Status.True, Condition::status);
        assertThat(at(HOME).certificates())
                .extracting(CertificateStatus::names)
                .containsExactly(List.of("*.localhost"));
        assertThat(at(SHOP).certificates())
                .extracting(CertificateStatus::names)
                .containsExactly(List.of("*.localhost"));
    }
}

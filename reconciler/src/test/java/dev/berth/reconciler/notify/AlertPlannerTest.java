package dev.berth.reconciler.notify;

import static dev.berth.reconciler.notify.Samples.HOME;
import static dev.berth.reconciler.notify.Samples.SHOP;
import static dev.berth.reconciler.notify.Samples.T0;
import static dev.berth.reconciler.notify.Samples.condition;
import static dev.berth.reconciler.notify.Samples.failing;
import static dev.berth.reconciler.notify.Samples.home;
import static dev.berth.reconciler.notify.Samples.ready;
import static dev.berth.reconciler.notify.Samples.slack;
import static dev.berth.reconciler.notify.Samples.status;
import static dev.berth.reconciler.notify.Samples.watch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.Alert.Event;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class AlertPlannerTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Watch watch = watch(slack("ops", List.of()));
    private Told told = Told.NOTHING;

    @Test
    void plan_failure_isToldAtOnceInOneLine() {
        List<Message> messages = plan(T0, failing(SHOP, ReasonCode.HealthCheckFailed, T0));

        assertThat(messages).extracting(Message::type).containsExactly(Message.Type.Failing);
        assertThat(messages.getFirst().text())
                .isEqualTo(
                        "app/shop fails since 2026-11-21T12:00:00Z: HealthCheckFailed,"
                                + " HealthCheckFailed it is (main@sha1:c0ffee)");
    }

    @Test
    void plan_nothingFails_tellsNothing() {
        assertThat(plan(T0, ready(SHOP, T0.minus(MINUTE)))).isEmpty();
    }

    @Test
    void repeat_isOnceAnHour() {
        List<Message.Type> types = new ArrayList<>();
        for (int second = 0; second <= 3 * 3600; second += 30) {
            plan(T0.plusSeconds(second), failing(SHOP, ReasonCode.HealthCheckFailed, T0))
                    .forEach(m -> types.add(m.type()));
        }

        assertThat(types)
                .containsExactly(
                        Message.Type.Failing,
                        Message.Type.StillFailing,
                        Message.Type.StillFailing,
                        Message.Type.StillFailing);
    }

    @Test
    void plan_anotherReason_isNewsAndTheFirstIsNoneWhenItReturns() {
        assertThat(plan(T0, failing(SHOP, ReasonCode.PullFailed, T0))).hasSize(1);
        assertThat(plan(T0.plus(MINUTE), failing(SHOP, ReasonCode.StartFailed, T0))).hasSize(1);
        assertThat(plan(T0.plus(MINUTE), failing(SHOP, ReasonCode.PullFailed, T0))).isEmpty();
    }

    @Test
    void plan_readyForAMinute_isToldOnceForAllReasons() {
        plan(T0, failing(SHOP, ReasonCode.PullFailed, T0));
        plan(T0, failing(SHOP, ReasonCode.StartFailed, T0));
        Instant well = T0.plusSeconds(10);

        assertThat(plan(well.plusSeconds(59), ready(SHOP, well))).isEmpty();
        assertThat(plan(well.plusSeconds(60), ready(SHOP, well)))
                .extracting(Message::type)
                .containsExactly(Message.Type.Recovered);
        assertThat(plan(well.plusSeconds(90), ready(SHOP, well))).isEmpty();
    }

    @Test
    void plan_failsAgainWithinAMinute_isNoNews() {
        plan(T0, failing(SHOP, ReasonCode.StartFailed, T0));
        for (int round = 1; round < 20; round++) {
            Instant now = T0.plusSeconds(round * 60L);
            assertThat(plan(now.plusSeconds(30), ready(SHOP, now))).isEmpty();
            Instant again = now.plusSeconds(40);
            assertThat(plan(again, failing(SHOP, ReasonCode.StartFailed, again))).isEmpty();
        }
    }

    @Test
    void plan_failsAgainAfterRecovery_isNewsWithAnotherId() {
        Message first = plan(T0, failing(SHOP, ReasonCode.StartFailed, T0)).getFirst();
        Instant well = T0.plus(MINUTE);
        plan(well.plus(MINUTE), ready(SHOP, well));
        Instant again = well.plus(MINUTE);

        Message second = plan(again, failing(SHOP, ReasonCode.StartFailed, again)).getFirst();

        assertThat(second.type()).isEqualTo(Message.Type.Failing);
        assertThat(second.id()).isNotEqualTo(first.id());
    }

    @Test
    void plan_sameAgainLater_hasTheSameId() {
        Message first = plan(T0, failing(SHOP, ReasonCode.StartFailed, T0)).getFirst();
        told = Told.NOTHING; // as after a crash

        Message second =
                plan(T0.plus(MINUTE), failing(SHOP, ReasonCode.StartFailed, T0)).getFirst();

        assertThat(second.id()).isEqualTo(first.id());
    }

    @ParameterizedTest
    @EnumSource(
            names = {"Suspended", "Progressing", "ProgressingWithRetry", "Superseded", "Asleep"})
    void plan_notReadyForNoFailure_tellsNothing(ReasonCode reason) {
        assertThat(plan(T0.plus(MINUTE), failing(SHOP, reason, T0))).isEmpty();
    }

    @Test
    void plan_suspendedAfterAFailure_isClosedOnce() {
        plan(T0, failing(SHOP, ReasonCode.PullFailed, T0));
        plan(T0, failing(SHOP, ReasonCode.StartFailed, T0));

        List<Message> messages = plan(T0.plus(MINUTE), failing(SHOP, ReasonCode.Suspended, T0));

        assertThat(messages).extracting(Message::type).containsExactly(Message.Type.Closed);
        assertThat(messages.getFirst().text())
                .isEqualTo(
                        "app/shop is suspended; it failed since 2026-11-21T12:00:00Z: PullFailed");
        assertThat(told.entries()).isEmpty();
        assertThat(plan(T0.plus(MINUTE), failing(SHOP, ReasonCode.Suspended, T0))).isEmpty();
    }

    @Test
    void plan_suspendedWithAnotherTrouble_isNotClosed() {
        plan(T0, failing(SHOP, ReasonCode.StartFailed, T0));

        plan(
                T0.plus(MINUTE),
                status(
                        SHOP,
                        condition(ConditionType.Ready, Status.False, ReasonCode.Suspended, T0),
                        condition(
                                ConditionType.SourceVerified,
                                Status.False,
                                ReasonCode.SourceUnavailable,
                                T0)));

        assertThat(told.entries()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"SourceUnavailable", "EngineUnavailable", "EdgeUnavailable"})
    void plan_whatMendsItself_isToldAfterThreePolls(ReasonCode reason) {
        assertThat(plan(T0.plusSeconds(89), failing(SHOP, reason, T0))).isEmpty();
        assertThat(plan(T0.plusSeconds(90), failing(SHOP, reason, T0))).hasSize(1);
    }

    @Test
    void plan_whoWritesIsNotKnown_isToldAfterAMinuteOfTheInstanceAlone() {
        ResourceStatus home = unknown(HOME, ReasonCode.WriterUnknown);
        ResourceStatus shop = unknown(SHOP, ReasonCode.WriterUnknown);

        assertThat(plan(T0.plusSeconds(59), home, shop)).isEmpty();
        assertThat(plan(T0.plusSeconds(60), home, shop))
                .extracting(Message::resource)
                .containsExactly(HOME);
    }

    @Test
    void plan_anotherWrites_tellsNothing() {
        assertThat(plan(T0.plusSeconds(3600), unknown(HOME, ReasonCode.NotWriter))).isEmpty();
    }

    @Test
    void poll_failingForThreeIntervals_alerts() {
        ResourceStatus stale =
                status(
                        HOME,
                        condition(
                                ConditionType.SourceVerified,
                                Status.False,
                                ReasonCode.SourceUnavailable,
                                T0),
                        condition(ConditionType.Ready, Status.True, ReasonCode.Succeeded, T0));

        assertThat(plan(T0.plusSeconds(60), stale)).isEmpty();
        assertThat(plan(T0.plusSeconds(90), stale))
                .extracting(Message::reason)
                .containsExactly(ReasonCode.SourceUnavailable);
    }

    @Test
    void plan_engineGone_isToldOfTheInstanceAlone() {
        Instant later = T0.plusSeconds(600);
        List<Message> messages = plan(later, unknown(HOME), unknown(SHOP));

        assertThat(messages).extracting(Message::resource).containsExactly(HOME);
    }

    @Test
    void plan_notKnownAfterAFailure_isNeitherRecoveryNorNews() {
        plan(T0, failing(SHOP, ReasonCode.StartFailed, T0));

        assertThat(plan(T0.plus(MINUTE), unknown(SHOP))).isEmpty();
        assertThat(plan(T0.plus(MINUTE), failing(SHOP, ReasonCode.StartFailed, T0))).isEmpty();
    }

    @Test
    void plan_unhealthyWhileReady_isTold() {
        ResourceStatus flapping =
                status(
                        SHOP,
                        condition(ConditionType.Ready, Status.True, ReasonCode.Succeeded, T0),
                        condition(ConditionType.Healthy, Status.False, ReasonCode.StartFailed, T0));

        assertThat(plan(T0, flapping))
                .extracting(Message::type)
                .containsExactly(Message.Type.Failing);
    }

    private static ResourceStatus certified(Status status, ReasonCode reason) {
        return status(
                SHOP,
                condition(ConditionType.Ready, Status.True, ReasonCode.Succeeded, T0),
                condition(ConditionType.CertificateReady, status, reason, T0));
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "HostNotPointing",
                "CaaForbids",
                "ChallengeFailed",
                "DnsProviderFailed",
                "CertificateAuthorityFailed",
                "RateLimited"
            })
    void plan_hostWithoutACertificate_isToldAfterTenMinutes(ReasonCode reason) {
        ResourceStatus status = certified(Status.False, reason);

        assertThat(plan(T0.plus(MINUTE.multipliedBy(10)).minusMillis(1), status)).isEmpty();
        assertThat(plan(T0.plus(MINUTE.multipliedBy(10)), status))
                .extracting(Message::type)
                .containsExactly(Message.Type.Failing);
    }

    @ParameterizedTest
    @EnumSource(names = {"CertificateExpiring", "CertificateExpired", "CertificateInvalid"})
    void plan_certificateThatIsLost_isToldAtOnce(ReasonCode reason) {
        assertThat(plan(T0, certified(Status.False, reason))).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"CertificateIssuing", "WildcardNeeded", "NotConfigured"})
    void plan_noCertificateAndNoFailure_tellsNothing(ReasonCode reason) {
        assertThat(plan(T0.plus(MINUTE.multipliedBy(60)), certified(Status.False, reason)))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"WildcardNeeded", "NotConfigured"})
    void plan_wellButForACertificateThatNobodyAskedFor_hasRecovered(ReasonCode reason) {
        plan(T0, failing(SHOP, ReasonCode.StartFailed, T0));

        assertThat(plan(T0.plus(MINUTE), certified(Status.False, reason)))
                .extracting(Message::type)
                .containsExactly(Message.Type.Recovered);
    }

    @Test
    void plan_otherReasonOrResource_isNotTold() {
        watch = watch(slack("ops", List.of(Event.PruneBlocked), "app/shop-*", "instance/*"));

        assertThat(plan(T0, failing(SHOP, ReasonCode.PruneBlocked, T0))).isEmpty();
        ResourceId cart = ResourceId.app("shop-cart");
        assertThat(plan(T0, failing(cart, ReasonCode.StartFailed, T0))).isEmpty();
        assertThat(plan(T0, failing(cart, ReasonCode.PruneBlocked, T0))).hasSize(1);
        assertThat(plan(T0.plusSeconds(120), ready(cart, T0.plusSeconds(1))))
                .as("Recovered is not asked for")
                .isEmpty();
        assertThat(told.entries()).isEmpty();
    }

    @Test
    void plan_twoAlerts_areToldEach() {
        watch = watch(slack("ops", List.of()), slack("dev", List.of()));

        assertThat(plan(T0, failing(SHOP, ReasonCode.StartFailed, T0)))
                .extracting(Message::alert)
                .containsExactly("ops", "dev");
    }

    @Test
    void plan_resourceGone_isClosedOnce() {
        plan(T0, home(T0), failing(SHOP, ReasonCode.PullFailed, T0));
        plan(T0, home(T0), failing(SHOP, ReasonCode.StartFailed, T0));

        List<Message> messages = plan(T0.plus(MINUTE), home(T0));

        assertThat(messages).extracting(Message::type).containsExactly(Message.Type.Closed);
        assertThat(messages.getFirst().text())
                .startsWith("app/shop is no longer declared; it failed since ");
        assertThat(told.entries()).isEmpty();
        assertThat(plan(T0.plus(MINUTE), home(T0))).isEmpty();
    }

    @Test
    void plan_resourceGone_whoHearsOfNoRecoveryIsToldNothing() {
        watch = watch(slack("ops", List.of(Event.StartFailed)));
        plan(T0, home(T0), failing(SHOP, ReasonCode.StartFailed, T0));

        assertThat(plan(T0, home(T0))).isEmpty();
        assertThat(told.entries()).isEmpty();
    }

    @Test
    void plan_alertGone_isForgotten() {
        plan(T0, home(T0), failing(SHOP, ReasonCode.StartFailed, T0));
        watch = watch();
        assertThat(plan(T0, home(T0), failing(SHOP, ReasonCode.StartFailed, T0))).isEmpty();
        assertThat(told.entries()).isEmpty();
    }

    @Test
    void plan_resourceNotListedWhileTheSourceIsUnknown_isRemembered() {
        plan(T0, home(T0), failing(SHOP, ReasonCode.StartFailed, T0));

        plan(T0.plus(MINUTE), failing(HOME, ReasonCode.SourceUnavailable, T0));

        assertThat(told.entries()).hasSize(1);
        assertThat(plan(T0.plus(MINUTE), home(T0), failing(SHOP, ReasonCode.StartFailed, T0)))
                .isEmpty();
    }

    @Test
    void plan_clockPutBackByADay_repeatsAfterAnHourAllTheSame() {
        plan(T0, failing(SHOP, ReasonCode.StartFailed, T0));
        Instant back = T0.minus(Duration.ofDays(1));

        assertThat(plan(back, failing(SHOP, ReasonCode.StartFailed, T0))).isEmpty();
        assertThat(plan(back.plusSeconds(3600), failing(SHOP, ReasonCode.StartFailed, T0)))
                .extracting(Message::type)
                .containsExactly(Message.Type.StillFailing);
    }

    @Test
    void event_everyReason_isAReasonOfTheStatus() {
        List<String> reasons =
                Stream.of(Event.values())
                        .filter(e -> e != Event.Failed && e != Event.Recovered)
                        .map(Event::name)
                        .toList();

        assertThat(Stream.of(ReasonCode.values()).map(ReasonCode::name)).containsAll(reasons);
    }

    @Test
    void event_everyReasonOfAFailure_canBeNamed() {
        EnumSet<ReasonCode> none =
                EnumSet.of(
                        ReasonCode.Succeeded,
                        ReasonCode.JobSucceeded,
                        ReasonCode.Progressing,
                        ReasonCode.ProgressingWithRetry,
                        ReasonCode.Suspended,
                        ReasonCode.Asleep,
                        ReasonCode.Superseded,
                        ReasonCode.DependencyNotReady,
                        ReasonCode.NotWriter,
                        ReasonCode.CertificateIssuing,
                        ReasonCode.WildcardNeeded,
                        ReasonCode.NotConfigured);

        assertThat(Stream.of(Event.values()).map(Event::name))
                .containsAll(EnumSet.complementOf(none).stream().map(ReasonCode::name).toList());
    }

    private static ResourceStatus unknown(ResourceId id) {
        return unknown(id, ReasonCode.EngineUnavailable);
    }

    private static ResourceStatus unknown(ResourceId id, ReasonCode reason) {
        return status(id, condition(ConditionType.Ready, Status.Unknown, reason, T0));
    }

    private List<Message> plan(Instant at, ResourceStatus... statuses) {
        AlertPlanner.Planned planned = AlertPlanner.plan(watch, List.of(statuses), told, at);
        told = planned.told();
        return planned.messages();
    }
}

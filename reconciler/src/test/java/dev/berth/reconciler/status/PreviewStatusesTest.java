package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownOf;
import dev.berth.reconciler.desired.PreviewState;
import dev.berth.reconciler.plan.Scene;
import dev.berth.reconciler.preview.Preview;
import dev.berth.reconciler.preview.Pull;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.PreviewStatus.State;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** No preview is said to be further than it is, and no commit to be another. */
final class PreviewStatusesTest {
    private static final PreviewId ID = PreviewId.ofPull("shop", 12);
    private static final String HEAD = Pull.commit(12);
    private static final String OLD = Pull.commit(11);
    private static final Instant UNTIL = Instant.parse("2026-11-25T10:00:00Z");
    private static final String URL = "http://pr-12-shop.localhost";

    private static PreviewStatus of(
            Preview.Verdict verdict,
            PreviewState.@Nullable Fault fault,
            @Nullable String built,
            @Nullable ResourceStatus app) {
        PreviewState state =
                new PreviewState(
                        new Preview(ID, new Preview.OfPull(Pull.number(12).open()), verdict),
                        "https://forge.example.com/acme/shop",
                        null,
                        fault);
        List<PreviewStatus> told =
                PreviewStatuses.of(known(state, built), app == null ? List.of() : List.of(app));
        assertThat(told).hasSize(1);
        return told.getFirst();
    }

    private static DesiredState.Known known(PreviewState state, @Nullable String built) {
        DesiredState.Known plain = new Scene().desired();
        TreeMap<ResourceId, DesiredApp> apps = new TreeMap<>();
        if (built != null) {
            DesiredApp like =
                    new Scene()
                            .app("shop", Scene.template("shop:1"), 1)
                            .desired()
                            .apps()
                            .firstEntry()
                            .getValue();
            apps.put(
                    ID.id(),
                    new DesiredApp.Draft(
                                    ID.id(),
                                    like.declaredAt(),
                                    like.generation(),
                                    like.workload(),
                                    built)
                            .make());
        }
        return new KnownOf(plain).apps(apps).routes(List.of()).previews(List.of(state)).make();
    }

    /** How it stands with the app that the preview is. */
    private static ResourceStatus app(
            Condition.Status ready, boolean stalled, String observed, String message) {
        Instant at = Instant.EPOCH;
        return new StatusOf(ID.id())
                .generation("g2")
                .revision("main@sha1:" + "c".repeat(40))
                .conditions(
                        new Condition(
                                ConditionType.Ready,
                                ready,
                                ready == Condition.Status.True
                                        ? ReasonCode.Succeeded
                                        : ReasonCode.HealthCheckFailed,
                                message,
                                observed,
                                at),
                        new Condition(
                                ConditionType.Stalled,
                                stalled ? Condition.Status.True : Condition.Status.False,
                                ReasonCode.HealthCheckFailed,
                                message,
                                observed,
                                at))
                .urls(URL)
                .make();
    }

    private static final ResourceStatus READY = app(Condition.Status.True, false, "g2", "");
    private static final ResourceStatus OF_BEFORE = app(Condition.Status.True, false, "g1", "");
    private static final ResourceStatus STARTS =
            app(Condition.Status.False, false, "g2", "it starts");
    private static final ResourceStatus STALLED =
            app(Condition.Status.False, true, "g2", "it answered 500");
    private static final ResourceStatus UNSURE =
            app(Condition.Status.Unknown, false, "g2", "the engine does not answer");

    private static Preview.Wanted wanted(String commit, @Nullable String note) {
        return new Preview.Wanted(commit, note, UNTIL);
    }

    private static PreviewState.Fault fault(ReasonCode reason, String message) {
        return new PreviewState.Fault(reason, message);
    }

    static Stream<Arguments> wantedCases() {
        Preview.Wanted newest = wanted(HEAD, null);
        Preview.Wanted older = wanted(OLD, "an older one, which was let in");
        PreviewState.Fault unbuilt = fault(ReasonCode.BuildFailed, "nothing to build");
        PreviewState.Fault unread = fault(ReasonCode.SourceUnavailable, "it answers 500");
        PreviewState.Fault taken = fault(ReasonCode.Conflict, "its host is claimed");
        return Stream.of(
                argumentSet("nothing yet", newest, null, HEAD, null, State.Deploying),
                argumentSet("starts", newest, null, HEAD, STARTS, State.Deploying),
                argumentSet("ready", newest, null, HEAD, READY, State.Serving),
                argumentSet("ready before", newest, null, HEAD, OF_BEFORE, State.Deploying),
                argumentSet("nobody knows", newest, null, HEAD, UNSURE, State.Deploying),
                argumentSet("stalled", newest, null, HEAD, STALLED, State.Failed),
                argumentSet("an older one starts", older, null, OLD, STARTS, State.Deploying),
                argumentSet("an older one is ready", older, null, OLD, READY, State.Serving),
                argumentSet("an older one stalled", older, null, OLD, STALLED, State.Failed),
                argumentSet("not built, first", newest, unbuilt, null, null, State.Failed),
                argumentSet("not built, one serves", newest, unbuilt, OLD, READY, State.Failed),
                argumentSet("not built, one starts", newest, unbuilt, OLD, STARTS, State.Failed),
                argumentSet("not read, first", newest, unread, null, null, State.Deploying),
                argumentSet("not read, one serves", newest, unread, OLD, READY, State.Deploying),
                argumentSet("not read, one stalled", newest, unread, OLD, STALLED, State.Deploying),
                argumentSet("host is taken", newest, taken, null, null, State.Failed));
    }

    @ParameterizedTest
    @MethodSource("wantedCases")
    void of_wanted_isAsFarAsItIsAndNamesItsCommits(
            Preview.Wanted verdict,
            PreviewState.@Nullable Fault fault,
            @Nullable String built,
            @Nullable ResourceStatus app,
            State state) {
        PreviewStatus status = of(verdict, fault, built, app);

        assertThat(status.state()).isEqualTo(state);
        assertThat(status.commit()).isEqualTo(HEAD);
        assertThat(status.wanted()).isEqualTo(verdict.commit());
        assertThat(status.serves()).isEqualTo(built);
        assertThat(status.until()).isEqualTo(UNTIL);
        assertThat(status.url()).isEqualTo(app == null ? null : URL);
        if (fault != null) {
            assertThat(status.reason()).isEqualTo(fault.reason());
            assertThat(status.message()).isEqualTo(fault.message());
        } else if (state == State.Serving) {
            assertThat(status.reason()).isNull();
            assertThat(status.message()).isEqualTo(verdict.note());
        }
    }

    @Test
    void of_stalled_saysWhatIsWrong() {
        PreviewStatus status = of(wanted(HEAD, null), null, HEAD, STALLED);

        assertThat(status.reason()).isEqualTo(ReasonCode.HealthCheckFailed);
        assertThat(status.message()).isEqualTo("it answered 500");
    }

    @ParameterizedTest
    @MethodSource("absentCases")
    void of_notWanted_claimsNothingWhateverLives(
            Preview.Verdict verdict, State state, String message) {
        for (ResourceStatus app : List.of(READY, STARTS, STALLED)) {
            PreviewStatus status = of(verdict, null, null, app);

            assertThat(status.state()).isEqualTo(state);
            assertThat(status.message()).isEqualTo(message);
            assertThat(status.wanted()).isNull();
            assertThat(status.serves()).isNull();
            assertThat(status.url()).isNull();
            assertThat(status.until()).isNull();
        }
    }

    static Stream<Arguments> absentCases() {
        return Stream.of(
                argumentSet(
                        "refused",
                        new Preview.Refused(Preview.Why.DRAFT, "it is a draft"),
                        State.None,
                        "it is a draft"),
                argumentSet(
                        "next",
                        new Preview.Queued(0, 3),
                        State.Queued,
                        "next, when one of the 3 that run ends"),
                argumentSet(
                        "in the queue",
                        new Preview.Queued(2, 3),
                        State.Queued,
                        "2 wait before it, and 3 run"));
    }

    @Test
    void of_unknown_isNothing() {
        assertThat(PreviewStatuses.of(new DesiredState.Unknown("gone", List.of()), List.of()))
                .isEmpty();
    }
}

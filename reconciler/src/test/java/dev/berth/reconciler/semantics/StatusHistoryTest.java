package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.semantics.Controls.Control;
import dev.berth.reconciler.status.Event;
import dev.berth.reconciler.status.InMemoryPassHistory;
import dev.berth.reconciler.status.PassHistory;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Attempt;
import dev.berth.schemas.status.Attempt.Outcome;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Point 6: what was tried, for which commit, and that a rollback is a failure. */
final class StatusHistoryTest {
    private static final ResourceId SHOP = ResourceId.app("shop");

    private final Controls controls = new Controls(5);

    private Control control() {
        controls.engine.withImages("shop:1", "shop:3");
        controls.engine.withImage("shop:2", new ImageBehaviour.Exits(3, List.of("no database")));
        push(1);
        Control control = controls.start("ann");
        settle();
        return control;
    }

    private void push(int version) {
        controls.commit("{image: 'shop:%d', port: 80}".formatted(version));
    }

    private void settle() {
        controls.time.pass(Duration.ofMinutes(3));
    }

    private static ResourceStatus shop(Control control) {
        return Objects.requireNonNull(control.newest, "no pass").resources().stream()
                .filter(resource -> resource.id().equals(SHOP))
                .findFirst()
                .orElseThrow();
    }

    private static Condition ready(Control control) {
        return Objects.requireNonNull(shop(control).condition(ConditionType.Ready));
    }

    private static String revision(int commit) {
        return "main@sha1:%040x".formatted(commit);
    }

    @Test
    void releaseFails_isRolledBackAndNamesBoth_untilANewCommitWorks() {
        Control control = control();
        String first = Objects.requireNonNull(shop(control).history().getFirst().release());

        push(2);
        settle();

        Attempt failed = shop(control).history().getFirst();
        String second = Objects.requireNonNull(failed.release());
        assertThat(ready(control))
                .returns(Condition.Status.False, Condition::status)
                .returns(ReasonCode.RolledBack, Condition::reason)
                .returns(shop(control).generation(), Condition::observedGeneration);
        assertThat(ready(control).message())
                .startsWith(
                        "release %s failed, release %s goes on serving".formatted(second, first))
                .contains("no database");
        assertThat(shop(control))
                .returns(revision(2), ResourceStatus::attemptedRevision)
                .returns(revision(1), ResourceStatus::appliedRevision);
        assertThat(failed.reason()).isEqualTo("image changed: shop:1 -> shop:2");
        assertThat(failed.detail()).isNotBlank();
        assertThat(failed.who()).isEqualTo("Ann");

        push(3);
        settle();

        assertThat(ready(control).status()).isEqualTo(Condition.Status.True);
        assertThat(shop(control).history())
                .extracting(Attempt::outcome)
                .containsExactly(Outcome.Succeeded, Outcome.Failed, Outcome.Succeeded);
        assertThat(shop(control).history())
                .extracting(Attempt::revision)
                .containsExactly(revision(3), revision(2), revision(1));
        assertThat(shop(control).attemptedRevision()).isEqualTo(revision(3));
    }

    @Test
    void releaseFails_theLast50LinesOfItsLogAreTold() {
        Control control = control();
        List<String> log = IntStream.rangeClosed(1, 60).mapToObj(i -> "line " + i).toList();
        controls.engine.withImage("shop:2", new ImageBehaviour.Exits(3, log));

        push(2);
        settle();

        assertThat(ready(control).message()).contains("last 50 lines of web:");
        assertThat(ready(control).message().lines().map(String::strip))
                .filteredOn(line -> line.startsWith("line "))
                .containsExactlyElementsOf(log.subList(10, 60));
    }

    @Test
    void firstReleaseFails_isNoRollback() {
        controls.engine.withImage("shop:2", new ImageBehaviour.Exits(3, List.of("no database")));
        push(2);
        Control control = controls.start("ann");
        settle();

        assertThat(ready(control).reason()).isNotEqualTo(ReasonCode.RolledBack);
        assertThat(shop(control).appliedRevision()).isNull();
        assertThat(shop(control).attemptedRevision()).isEqualTo(revision(1));
    }

    @Test
    void manyCommits_theLastFiveAreKept() {
        Control control = control();
        for (int i = 0; i < 6; i++) {
            push(i % 2 == 0 ? 3 : 1);
            settle();
        }

        assertThat(shop(control).history())
                .hasSize(5)
                .extracting(Attempt::revision)
                .containsExactly(revision(7), revision(6), revision(5), revision(4), revision(3));
    }

    @Test
    void unrelatedCommit_isAppliedAndNoAttempt() {
        Control control = control();

        push(1);
        settle();

        assertThat(shop(control).history()).hasSize(1);
        assertThat(shop(control))
                .returns(revision(2), ResourceStatus::attemptedRevision)
                .returns(revision(2), ResourceStatus::appliedRevision);
    }

    @Test
    void workThatEndsAfterANewerCommit_isDoneAndToldForItsOwn() throws Exception {
        Control control = withBlogOfBob(new ImageBehaviour.HealthyAfter(Duration.ofSeconds(60)));

        assertThat(ready(control).status()).isEqualTo(Condition.Status.True);
        assertThat(eventsSince(control, 2))
                .filteredOn(event -> event.resource().equals(SHOP))
                .extracting(Event::outcome)
                .contains(PassReport.Result.Done);
        assertTold(control, Outcome.Succeeded);
    }

    @Test
    void workThatFailsAfterANewerCommit_isToldForItsOwn() throws Exception {
        Control control = withBlogOfBob(new ImageBehaviour.Unhealthy());

        assertThat(ready(control).status()).isEqualTo(Condition.Status.False);
        assertThat(eventsSince(control, 2))
                .filteredOn(event -> event.resource().equals(SHOP))
                .extracting(Event::what)
                .contains("Ready: True -> False", "Stalled: True");
        assertTold(control, Outcome.Failed);
    }

    /** Ann's commit 2 begins a rollout of shop, and meanwhile Bob's commit 3 adds another app. */
    private Control withBlogOfBob(ImageBehaviour shop) {
        Control control = control();
        controls.engine.withImages("blog:1").withImage("shop:4", shop);
        push(4);
        controls.time.pass(Duration.ofSeconds(20));
        controls.author = "Bob";
        controls.files.put(
                "blog.yaml",
                "apiVersion: berth/v1\nkind: App\nmetadata: {name: blog}\nspec: {image: 'blog:1'}\n");
        push(4);
        controls.time.pass(Duration.ofSeconds(10));
        assertThat(shop(control).history()).hasSize(1);
        settle();
        return control;
    }

    private static void assertTold(Control control, Outcome outcome) throws UnavailableException {
        assertThat(eventsSince(control, 2))
                .isNotEmpty()
                .allSatisfy(
                        event ->
                                assertThat(event)
                                        .returns(
                                                event.resource().equals(SHOP) ? "Ann" : "Bob",
                                                Event::who)
                                        .returns(
                                                revision(event.resource().equals(SHOP) ? 2 : 3),
                                                Event::revision));
        assertThat(shop(control).history().getFirst())
                .returns(outcome, Attempt::outcome)
                .returns(revision(2), Attempt::revision)
                .returns("Ann", Attempt::who);
    }

    /** Of apps. */
    private static List<Event> eventsSince(Control control, int commit)
            throws UnavailableException {
        InMemoryPassHistory history = new InMemoryPassHistory();
        for (PassReport report : control.reports) {
            history.record(report);
        }
        String first =
                control.reports.stream()
                        .filter(report -> report.revision().equals(revision(commit)))
                        .map(PassReport::id)
                        .findFirst()
                        .orElseThrow();
        return history.events(null, null, PassHistory.MOST).items().stream()
                .filter(event -> event.pass().compareTo(first) >= 0)
                .filter(event -> event.resource().kind() == Kind.App)
                .toList();
    }

    @Test
    void sameFailureAgainAndAgain_isOneAttempt() {
        Control control = control();
        for (int i = 0; i < 3; i++) {
            controls.engine
                    .faults()
                    .failNext(EngineCall.PULL, new Transient(ReasonCode.PullFailed, "busy"));
        }
        controls.engine.withRegistryImage("shop:4", new ImageBehaviour.Runs());

        push(4);
        settle();

        assertThat(shop(control).history())
                .extracting(Attempt::outcome)
                .containsExactly(Outcome.Succeeded, Outcome.Failed, Outcome.Succeeded);
        assertThat(shop(control).history().get(1).times()).isEqualTo(3);
    }

    @Test
    void restart_historyIsCarriedOn() {
        Control control = control();
        push(2);
        settle();
        control.process.kill();

        Control next = controls.start("ann");
        next.remember(Objects.requireNonNull(control.newest));
        settle();
        push(3);
        settle();

        assertThat(shop(next).history())
                .extracting(Attempt::outcome)
                .containsExactly(Outcome.Succeeded, Outcome.Failed, Outcome.Succeeded);
        assertThat(shop(next).history().get(1).detail()).isNotBlank();
    }
}

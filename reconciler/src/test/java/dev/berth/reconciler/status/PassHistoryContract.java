package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Commit;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every history does: the one in memory, so that it can't lie, and the real one. */
public abstract class PassHistoryContract {
    /** An empty, prepared history. */
    protected abstract PassHistory history() throws UnavailableException;

    @Test
    void record_pass_isReadWhole() throws Exception {
        PassHistory history = history();
        PassReport report = SamplePasses.pass(1);

        history.record(report);

        assertThat(history.pass(report.id())).contains(report);
        assertThat(history.newest()).contains(report);
        assertThat(history.lastStatuses()).isEqualTo(report.resources());
    }

    @Test
    void record_pass_isKeptWithTheStampThatItWasWrittenBy() throws Exception {
        PassHistory history = history();
        PassReport one = SamplePasses.pass(1);
        PassReport written =
                new PassReport(
                        one.id(),
                        one.trigger(),
                        one.revision(),
                        one.author(),
                        one.startedAt(),
                        one.duration(),
                        one.plan(),
                        one.changes(),
                        one.problems(),
                        one.resources(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        7L);

        history.record(written);
        history.record(SamplePasses.pass(2));

        assertThat(history.pass(one.id()).orElseThrow().epoch()).isEqualTo(7);
        assertThat(history.passes(null, 2).items())
                .extracting(PassSummary::epoch)
                .containsExactly(null, 7L);
    }

    @Test
    void record_sameIdTwice_isOnePass() throws Exception {
        PassHistory history = history();

        history.record(SamplePasses.pass(1));
        history.record(SamplePasses.pass(1));

        assertThat(history.passes(null, 10).items()).hasSize(1);
        assertThat(history.events(null, null, 10).items()).hasSize(1);
    }

    @Test
    void record_textOfAnyKind_comesBackUnchanged() throws Exception {
        PassHistory history = history();
        String nasty = "'; drop table pass; -- \"quotes\" \\ <b>&amp; 日本語 🚢\n\tnext line";
        PassReport.ChangeReport change =
                new PassReport.ChangeReport(
                        ResourceId.app("shop"),
                        nasty,
                        List.of(nasty, ""),
                        PassReport.Result.Failed,
                        nasty.repeat(2000),
                        Duration.ofMillis(1));
        PassReport report = SamplePasses.pass(1, List.of(change), List.of());

        history.record(report);

        assertThat(history.pass(report.id())).contains(report);
        assertThat(history.passes(null, 1).items().getFirst().failed()).isEqualTo(1);
    }

    @Test
    void record_changeBegunForAnOlderCommit_isKeptAndToldWithThat() throws Exception {
        PassHistory history = history();
        Commit older = new Commit("main@sha1:" + "b".repeat(40), "Bob <bob@example.com>");
        PassReport.ChangeReport now = SamplePasses.change(1);
        PassReport.ChangeReport begun =
                now.begunFor(older, new Commit(SamplePasses.REVISION, "Ada"));
        ResourceStatus failed = SamplePasses.failed("shop");
        PassReport report = SamplePasses.pass(1, List.of(now, begun), List.of(failed));

        history.record(report);

        assertThat(begun.begunFor()).isEqualTo(older);
        assertThat(begun.begunFor(older, older).begunFor()).isNull();
        assertThat(history.pass(report.id())).contains(report);
        List<Event> events = history.events(null, null, 10).items();
        assertThat(events.getLast())
                .returns(report.revision(), Event::revision)
                .returns(report.author(), Event::who);
        assertThat(events.subList(0, events.size() - 1))
                .hasSize(3)
                .allSatisfy(
                        event ->
                                assertThat(event)
                                        .returns(older.revision(), Event::revision)
                                        .returns(older.author(), Event::who));
    }

    @Test
    void record_newerPass_replacesStatusesWhole() throws Exception {
        PassHistory history = history();
        List<ResourceStatus> three =
                List.of(
                        SamplePasses.ready("api"),
                        SamplePasses.ready("shop"),
                        SamplePasses.ready("web"));
        history.record(SamplePasses.pass(1, List.of(), three));
        List<ResourceStatus> two =
                List.of(SamplePasses.failed("shop"), SamplePasses.ready("zebra"));

        history.record(SamplePasses.pass(2, List.of(), two));

        assertThat(history.lastStatuses()).isEqualTo(two);
        assertThat(history.pass("p-00001").orElseThrow().resources()).isEmpty();
    }

    @Test
    void record_passThatCouldReadNothing_leavesTheStatusesAsTheyAre() throws Exception {
        PassHistory history = history();
        history.record(SamplePasses.pass(1));

        history.record(blind(2, SamplePasses.status(new ResourceId(Kind.Instance, "unknown"))));

        assertThat(history.lastStatuses()).isEqualTo(SamplePasses.pass(1).resources());
        assertThat(history.newest().orElseThrow().resources())
                .as("what the next process begins with")
                .isEqualTo(SamplePasses.pass(1).resources());
    }

    @Test
    void record_passesThatCouldReadNothing_tellOnceThatTheInstanceIsInDoubt() throws Exception {
        PassHistory history = history();
        ResourceStatus home = instance("home", Condition.Status.True);
        history.record(SamplePasses.pass(1, List.of(), List.of(home, SamplePasses.ready("shop"))));
        for (int i = 2; i < 5; i++) {
            history.record(blind(i, instance("home", Condition.Status.False)));
            history.record(blind(i + 10, instance("unknown", Condition.Status.False)));
        }

        assertThat(history.events(null, null, 10).items())
                .extracting(Event::what)
                .containsExactly("SourceVerified: True -> False");
        assertThat(history.lastStatuses())
                .containsExactlyInAnyOrder(
                        instance("home", Condition.Status.False), SamplePasses.ready("shop"));
        history.record(SamplePasses.pass(20, List.of(), List.of(home)));
        assertThat(history.events(null, null, 1).items())
                .extracting(Event::what)
                .containsExactly("SourceVerified: False -> True");
    }

    private static ResourceStatus instance(String name, Condition.Status verified) {
        return SamplePasses.status(
                new ResourceId(Kind.Instance, name),
                SamplePasses.condition(
                        ConditionType.SourceVerified, verified, ReasonCode.SourceUnavailable, ""));
    }

    private static PassReport blind(int n, ResourceStatus instance) {
        return new PassReport(
                "p-%05d".formatted(n),
                "poll",
                "",
                null,
                SamplePasses.START,
                Duration.ZERO,
                "",
                List.of(),
                List.of(),
                List.of(instance));
    }

    @Test
    void passes_pagedByCursor_givesEachOnceNewestFirst() throws Exception {
        PassHistory history = history();
        for (PassReport report : SamplePasses.passes(7)) {
            history.record(report);
        }

        List<String> seen = new ArrayList<>();
        String cursor = null;
        do {
            Page<PassSummary> page = history.passes(cursor, 3);
            page.items().forEach(pass -> seen.add(pass.id()));
            cursor = page.next();
        } while (cursor != null);

        assertThat(seen)
                .containsExactly(
                        "p-00007", "p-00006", "p-00005", "p-00004", "p-00003", "p-00002",
                        "p-00001");
    }

    @Test
    void passes_exactlyOnePage_hasNoNext() throws Exception {
        PassHistory history = history();
        history.record(SamplePasses.pass(1));
        history.record(SamplePasses.pass(2));

        assertThat(history.passes(null, 2).next()).isNull();
        assertThat(history.passes(null, 2).items()).hasSize(2);
    }

    @Test
    void passes_badCursorOrLimit_isRefused() throws Exception {
        PassHistory history = history();

        for (String cursor : List.of("", "x", "-1", "0", "1;drop", "99999999999999999999")) {
            assertRefused(history, cursor, 10, "cursor");
        }
        assertRefused(history, null, 0, "limit");
        assertRefused(history, null, PassHistory.MOST + 1, "limit");
    }

    @Test
    void events_changeAndTransition_sayWhoWhatWhy() throws Exception {
        PassHistory history = history();
        history.record(
                SamplePasses.pass(
                        1, List.of(SamplePasses.change(1)), List.of(SamplePasses.ready("shop"))));

        history.record(SamplePasses.pass(2, List.of(), List.of(SamplePasses.failed("shop"))));

        List<Event> events = history.events(null, null, 10).items();
        assertThat(events)
                .extracting(Event::what)
                .containsExactly(
                        "Stalled: True", "Ready: True -> False", "start release 1 of shop");
        Event change = events.getLast();
        assertThat(change.who()).isEqualTo("Ada Lovelace <ada@example.com>");
        assertThat(change.reasons()).isNotEmpty();
        assertThat(change.outcome()).isEqualTo(PassReport.Result.Done);
        assertThat(change.duration()).isEqualTo(Duration.ofMillis(850));
        assertThat(events.get(1).reasons())
                .containsExactly("HealthCheckFailed: GET /healthz answered HTTP 500");
    }

    @Test
    void events_ofOneResource_leavesOthersOut() throws Exception {
        PassHistory history = history();
        history.record(
                SamplePasses.pass(
                        1,
                        List.of(SamplePasses.change(1)),
                        List.of(SamplePasses.failed("api"), SamplePasses.ready("shop"))));

        assertThat(history.events(ResourceId.app("api"), null, 10).items())
                .extracting(Event::resource)
                .containsOnly(ResourceId.app("api"))
                .hasSize(2);
        assertThat(history.events(ResourceId.app("none"), null, 10).items()).isEmpty();
    }

    @Test
    void pass_unknownId_isEmpty() throws Exception {
        assertThat(history().pass("nope")).isEmpty();
        assertThat(history().newest()).isEmpty();
    }

    @Test
    void forgetBefore_oldPasses_keepsTheNewestAlways() throws Exception {
        PassHistory history = history();
        for (PassReport report : SamplePasses.passes(4)) {
            history.record(report);
        }

        int forgotten = history.forgetBefore(SamplePasses.START.plus(Duration.ofMinutes(3)));
        int more = history.forgetBefore(SamplePasses.START.plus(Duration.ofDays(3)));

        assertThat(forgotten).isEqualTo(2);
        assertThat(more).isEqualTo(1);
        assertThat(history.passes(null, 10).items())
                .extracting(PassSummary::id)
                .containsExactly("p-00004");
        assertThat(history.events(null, null, 10).items()).isEmpty();
        assertThat(history.lastStatuses()).hasSize(1);
    }

    private static void assertRefused(
            PassHistory history, @Nullable String cursor, int limit, String says) {
        assertThatThrownBy(() -> history.passes(cursor, limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
        assertThatThrownBy(() -> history.events(null, cursor, limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }
}

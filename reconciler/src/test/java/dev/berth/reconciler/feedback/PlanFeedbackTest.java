package dev.berth.reconciler.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.foresight.Forecast;
import dev.berth.reconciler.foresight.Proposal;
import dev.berth.reconciler.forge.CommitStatus;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Post;
import dev.berth.reconciler.preview.OpenPull;
import dev.berth.reconciler.preview.Pull;
import dev.berth.reconciler.preview.RepoPulls;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PlanFeedbackTest {
    private static final ForgeRepo CONFIG = new ForgeRepo("forge.example.com", "acme/config");

    private final List<Proposal> asked = new ArrayList<>();
    private final Map<String, Post> said = new LinkedHashMap<>();
    private Forecast next = new Forecast.Unread("pull/12", "nobody knows");
    private final PlanFeedback feedback =
            new PlanFeedback(
                    CONFIG,
                    proposal -> {
                        asked.add(proposal);
                        return next;
                    });

    private void say(String followed, OpenPull... pulls) {
        feedback.say(
                "home",
                followed,
                new RepoPulls.Known(List.of(pulls), List.of()),
                new Links("http://127.0.0.1:9080"),
                said::put);
    }

    private static Forecast planned() {
        return new Forecast.Planned(
                new Forecast.Subject("pull/12", Pull.commit(12), "main", Pull.commit(1), List.of()),
                new Forecast.Mistakes(List.of(), List.of()),
                "main@sha1:" + Pull.commit(12),
                "Plan: nothing to change\n",
                List.of(),
                List.of(),
                3,
                List.of());
    }

    @Test
    void say_open_isPlannedOnceForACommitAndAFollowedOne() {
        next = planned();
        say("one", Pull.number(12).open());
        say("one", Pull.number(12).open());
        assertThat(asked).containsExactly(new Proposal("refs/pull/12/head", true, Pull.commit(12)));

        say("two", Pull.number(12).open());
        say("two", Pull.number(12).at(Pull.commit(13)).open());

        assertThat(asked).hasSize(3);
        assertThat(said.keySet())
                .contains(
                        "forge.example.com/acme/config#12 plan",
                        "forge.example.com/acme/config@" + Pull.commit(13) + " berth/plan");
        assertThat(said.values())
                .filteredOn(post -> post instanceof Post.Status)
                .allSatisfy(
                        post ->
                                assertThat(((Post.Status) post).status().state())
                                        .isEqualTo(CommitStatus.State.SUCCESS));
    }

    @Test
    void say_fork_isNotTrusted() {
        say("one", Pull.number(12).fork().open());

        assertThat(asked).extracting(Proposal::trusted).containsExactly(false);
    }

    @Test
    void say_nothingCouldBeSaid_isNoSuccessAndTriedAgain() {
        say("one", Pull.number(12).open());
        say("one", Pull.number(12).open());

        assertThat(asked).hasSize(2);
        assertThat(said.values())
                .filteredOn(post -> post instanceof Post.Status)
                .extracting(post -> ((Post.Status) post).status().state())
                .containsExactly(CommitStatus.State.ERROR);
    }

    @Test
    void say_nobodyCanTellWhatIsOpen_saysNothing() {
        feedback.say(
                "home",
                "one",
                new RepoPulls.Unknown("down"),
                new Links("http://127.0.0.1:9080"),
                said::put);

        assertThat(said).isEmpty();
    }
}

package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ReleaseStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Going back to a release that was ready, from commit to status. */
final class PinTest {
    @TempDir Path directory = Path.of("");
    private Spine spine = new Spine(Path.of(""));
    private Reconciler control = spine.reconciler;
    private int commits;

    @BeforeEach
    void anEngine() {
        spine = new Spine(directory);
        control = spine.reconciler;
        spine.engine.withImages("shop:1", "shop:2", "shop:3");
    }

    private PassReport commit(String image, String more) throws InterruptedException {
        commits++;
        spine.commit(
                commits, "{image: '%s', port: 80, env: {A: '%s'}%s}".formatted(image, image, more));
        return pass();
    }

    private PassReport pass() throws InterruptedException {
        return control.reconcile(new Trigger.Poll());
    }

    private static Condition ready(PassReport pass) {
        return ready(pass, ResourceId.app("shop"));
    }

    private static Condition ready(PassReport pass, ResourceId id) {
        return pass.resources().stream()
                .filter(status -> status.id().equals(id))
                .map(status -> Objects.requireNonNull(status.condition(ConditionType.Ready)))
                .findFirst()
                .orElseThrow();
    }

    private static String pin(String release) {
        return ", pin: '%s'".formatted(release);
    }

    /** Image and environment of what runs. */
    private List<String> running() throws ReconcileException {
        return spine.engine.containers("home").stream()
                .filter(ContainerView::running)
                .map(c -> Objects.requireNonNull(c.template()))
                .map(t -> t.image() + " " + t.env().get("A"))
                .toList();
    }

    private long creates() {
        return spine.engine.writes().getOrDefault(EngineCall.CREATE, 0);
    }

    @Test
    void reconcile_pinnedToAKnownRelease_goesBackToItWhole() throws Exception {
        commit("shop:1", "");
        String first = pass().releases().getFirst().id();
        PassReport second = commit("shop:2", "");
        assertThat(second.releases()).extracting(ReleaseStatus::id).hasSize(2).endsWith(first);

        PassReport back = commit("shop:2", pin(first));

        assertThat(running()).containsExactly("shop:1 shop:1");
        assertThat(ready(back).status()).isEqualTo(Condition.Status.True);
        assertThat(back.releases().getFirst())
                .matches(ReleaseStatus::wanted)
                .matches(r -> r.id().equals(first));
        long made = creates();
        pass();
        assertThat(creates()).isEqualTo(made);
    }

    @Test
    void reconcile_pinnedAndRestarted_staysThere() throws Exception {
        commit("shop:1", "");
        String first = pass().releases().getFirst().id();
        commit("shop:2", "");
        commit("shop:3", pin(first));
        long made = creates();

        control = spine.restart();
        PassReport after = pass();

        assertThat(running()).containsExactly("shop:1 shop:1");
        assertThat(creates()).isEqualTo(made);
        assertThat(after.releases()).hasSize(2);
        commit("shop:3", "");
        assertThat(running()).containsExactly("shop:3 shop:3");
    }

    @Test
    void reconcile_unknownRelease_isHeldAndWhatServesGoesOn() throws Exception {
        commit("shop:1", "");
        String first = pass().releases().getFirst().id();

        PassReport held = commit("shop:2", pin("0badc0de"));

        assertThat(running()).containsExactly("shop:1 shop:1");
        assertThat(ready(held).status()).isEqualTo(Condition.Status.False);
        assertThat(ready(held).reason()).isEqualTo(ReasonCode.UnknownRelease);
        assertThat(ready(held).message())
                .isEqualTo(
                        "spec.pin: there is no known release 0badc0de; known releases: " + first);
        PassReport same = commit("shop:1", pin("0badc0de"));
        assertThat(ready(same).reason())
                .as("nothing to start")
                .isEqualTo(ReasonCode.UnknownRelease);
        spine.engine.byHand().stop(spine.engine.containers("home").getFirst().name());
        pass();
        assertThat(running()).as("repaired").containsExactly("shop:1 shop:1");
    }

    /** All that is needed stands on the containers. */
    @Test
    void reconcile_homeLostWhilePinned_staysAtWhatRuns() throws Exception {
        commit("shop:1", "");
        String first = pass().releases().getFirst().id();
        commit("shop:2", "");
        commit("shop:2", pin(first));
        long made = creates();
        Files.delete(directory.resolve("releases/shop.json"));

        control = spine.restart();
        PassReport after = pass();

        assertThat(ready(after).status()).isEqualTo(Condition.Status.True);
        assertThat(running()).containsExactly("shop:1 shop:1");
        assertThat(creates()).isEqualTo(made);
        assertThat(after.releases()).extracting(ReleaseStatus::id).containsExactly(first);
    }

    @Test
    void reconcile_appRemoved_itsReleasesAreForgotten() throws Exception {
        commit("shop:1", "");
        assertThat(directory.resolve("releases/shop.json")).exists();

        spine.commitNothing(++commits);
        pass();
        pass();

        assertThat(directory.resolve("releases")).isEmptyDirectory();
    }

    @Test
    void reconcile_jobLikeAnAppWhosePinIsUnknown_waits() throws Exception {
        commit("shop:1", "");
        spine.file(
                "job.yaml",
                """
                apiVersion: berth/v1
                kind: Job
                metadata: {name: work}
                spec: {app: shop, command: ['true']}
                """);

        PassReport held = commit("shop:2", pin("0badc0de"));
        assertThat(spine.engine.runs("home")).isEmpty();
        assertThat(ready(held, new ResourceId(Kind.Job, "work")).reason())
                .isEqualTo(ReasonCode.UnknownRelease);

        commit("shop:2", "");
        assertThat(spine.engine.runs("home"))
                .singleElement()
                .matches(run -> Objects.requireNonNull(run.template()).image().equals("shop:2"));
    }

    @Test
    void reconcile_releaseThatFailed_isNotKnown() throws Exception {
        commit("shop:1", "");
        commit("shop:2", ", healthcheck: {command: ['false'], deadline: 1s}");

        assertThat(pass().releases()).singleElement().matches(r -> r.image().equals("shop:1"));
    }

    @Test
    void reconcile_keepReleases_forgetsTheOldest() throws Exception {
        String keep = ", rollout: {keepReleases: 2}";
        commit("shop:1", keep);
        commit("shop:2", keep);

        assertThat(commit("shop:3", keep).releases())
                .extracting(ReleaseStatus::image)
                .containsExactly("shop:3", "shop:2");
    }

    @Test
    void reconcile_pinned_runsNoReleaseCommand() throws Exception {
        String migrate = ", release: {command: ['true']}";
        commit("shop:1", migrate);
        String first = pass().releases().getFirst().id();
        commit("shop:2", migrate);
        int runs = spine.engine.writes().getOrDefault(EngineCall.CREATE_RUN, 0);

        commit("shop:2", migrate + pin(first));

        assertThat(running()).containsExactly("shop:1 shop:1");
        assertThat(spine.engine.writes().get(EngineCall.CREATE_RUN)).isEqualTo(runs);
    }
}

package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is to go goes after all else is done, never much at once, and never its data. */
final class DeletesComeLastTest {
    private static final String SHOP = "{image: 'shop:1', port: 80}";
    private static final String APP =
            """
            apiVersion: berth/v1
            kind: App
            metadata: {name: %s}
            spec: {image: 'shop:1'}
            """;

    private static Tree.Edit put(String app, Spec.Image image, Spec.Twist twist) {
        return new Tree.Put(app, new Spec(image, 1, twist));
    }

    @Test
    void removal_ofOneApp_comesAfterTheRolloutOfAnother() {
        try (Rig rig = new Rig()) {
            rig.serve("shop", Spec.Image.QUICK, 1).serve("blog", Spec.Image.QUICK, 1).forgetCalls();
            rig.commit(new Tree.Remove("blog"), put("shop", Spec.Image.SLOW, Spec.Twist.NONE))
                    .settle();

            List<String> journal = rig.journal();
            assertThat(rig.servedBy("shop")).containsExactly("shop:slow");
            assertThat(rig.containers("blog")).isEmpty();
            assertThat(first(journal, "STOP berth_home_blog"))
                    .isGreaterThan(first(journal, "START berth_home_shop"));
            assertThat(first(journal, "REMOVE_NETWORK berth_home_blog"))
                    .isGreaterThan(first(journal, "REMOVE berth_home_shop"));
        }
    }

    private static int first(List<String> journal, String call) {
        for (int i = 0; i < journal.size(); i++) {
            if (journal.get(i).startsWith(call)) {
                return i;
            }
        }
        throw new AssertionError("no " + call + " in " + journal);
    }

    @Test
    void removals_moreThanAllowed_areNotMadeUntilTheyAre() {
        try (Rig rig = new Rig()) {
            rig.serve("shop", Spec.Image.QUICK, 1).serve("blog", Spec.Image.QUICK, 1);
            rig.commit(new Tree.AllowDeletes(1)).settle();
            rig.commit(new Tree.Remove("shop"), new Tree.Remove("blog")).settle();
            assertThat(rig.servedBy("shop")).hasSize(1);
            assertThat(rig.servedBy("blog")).hasSize(1);

            rig.commit(new Tree.AllowDeletes(2)).settle();

            assertThat(rig.containers("shop")).isEmpty();
            assertThat(rig.containers("blog")).isEmpty();
        }
    }

    @Test
    void removals_moreThanAllowed_areToldWithTheLineThatConfirmsThem_andItDoes() {
        Controls controls = new Controls(9);
        controls.engine.withImages("shop:1");
        controls.settings = "{prune: {maxDeletesPerRun: 1}}";
        controls.files.put("blog.yaml", APP.formatted("blog"));
        controls.files.put("wiki.yaml", APP.formatted("wiki"));
        controls.commit(SHOP);
        Controls.Control control = controls.start("ann");
        controls.time.pass(Duration.ofMinutes(2));
        controls.files.remove("blog.yaml");
        controls.files.remove("wiki.yaml");
        controls.commit(SHOP);
        controls.time.pass(Duration.ofMinutes(2));

        assertThat(apps(controls)).containsExactly("blog", "shop", "wiki");
        assertThat(List.of(ready(control, "blog"), ready(control, "wiki")))
                .extracting(Condition::status, Condition::reason)
                .containsOnly(tuple(Condition.Status.False, ReasonCode.PruneBlocked));
        String line = ready(control, "blog").message().lines().toList().getLast();
        assertThat(line).isEqualTo("prune: {confirm: [app/blog, app/wiki]}");

        controls.settings = "{" + line.replace("{", "{maxDeletesPerRun: 1, ") + "}";
        controls.commit(SHOP);
        controls.time.pass(Duration.ofMinutes(2));

        assertThat(apps(controls)).containsExactly("shop");
        assertThat(Objects.requireNonNull(control.newest).resources())
                .flatExtracting(ResourceStatus::conditions)
                .extracting(Condition::reason)
                .doesNotContain(ReasonCode.PruneBlocked);
    }

    private static Condition ready(Controls.Control control, String app) {
        return Objects.requireNonNull(control.newest, "no pass").resources().stream()
                .filter(resource -> resource.id().equals(ResourceId.app(app)))
                .flatMap(r -> Stream.ofNullable(r.condition(ConditionType.Ready)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is said of " + app));
    }

    /** Of what has containers. */
    private static SortedSet<String> apps(Controls controls) {
        return controls.engine.contents().containers().stream()
                .flatMap(item -> Stream.ofNullable(item.view()))
                .map(view -> view.owner().name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void removal_ofAnAppWithData_keepsTheData() {
        try (Rig rig = new Rig()) {
            rig.commit(put("shop", Spec.Image.QUICK, Spec.Twist.VOLUME)).settle();
            rig.commit(new Tree.Remove("shop")).settle();

            assertThat(rig.containers("shop")).isEmpty();
            assertThat(rig.calls(EngineCall.REMOVE_NETWORK, "berth_home_shop")).isEqualTo(1);
            assertThat(rig.volumes()).containsExactly("berth_home_shop_data");
        }
    }
}

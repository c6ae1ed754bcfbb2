package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.simulation.Rig;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is to go goes after all else is done, never much at once, and never its data. */
final class DeletesComeLastTest {
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

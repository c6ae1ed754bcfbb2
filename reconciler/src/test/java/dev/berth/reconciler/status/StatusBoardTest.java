package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PassReport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StatusBoardTest {
    private final StatusBoard board = new StatusBoard();

    @Test
    void newest_nothingPublished_isEmpty() {
        assertThat(board.newest()).isNull();
        assertThat(board.resources()).isEmpty();
        assertThat(board.resource(ResourceId.app("shop"))).isNull();
    }

    @Test
    void publish_pass_isReadByEveryone() {
        List<PassReport> heard = new ArrayList<>();
        StatusBoard.Subscription subscription = board.subscribe(heard::add);
        board.publish(SamplePasses.pass(1));
        subscription.close();
        board.publish(SamplePasses.pass(2));

        assertThat(heard).containsExactly(SamplePasses.pass(1));
        assertThat(board.newest()).isEqualTo(new StatusBoard.Posting(SamplePasses.pass(2), false));
        assertThat(board.resource(ResourceId.app("shop"))).isEqualTo(SamplePasses.ready("shop"));
    }

    @Test
    void amend_newestPass_isSaidOtherwiseOnce() {
        List<PassReport> heard = new ArrayList<>();
        board.amend(_ -> SamplePasses.pass(9));
        board.restore(SamplePasses.pass(1));
        board.amend(_ -> SamplePasses.pass(9));
        assertThat(board.newest())
                .as("of an earlier process nothing is said")
                .isEqualTo(new StatusBoard.Posting(SamplePasses.pass(1), true));
        board.publish(SamplePasses.pass(2));
        board.subscribe(heard::add);

        board.amend(_ -> SamplePasses.pass(3));
        board.amend(pass -> pass);

        assertThat(heard).containsExactly(SamplePasses.pass(3));
        assertThat(board.newest()).isEqualTo(new StatusBoard.Posting(SamplePasses.pass(3), false));
    }

    @Test
    void amend_whileANewPassComes_doesNotTakeItsPlace() throws Exception {
        List<PassReport> heard = new ArrayList<>();
        board.publish(SamplePasses.pass(1));
        board.subscribe(heard::add);
        Thread loop = Thread.ofVirtual().unstarted(() -> board.publish(SamplePasses.pass(3)));

        board.amend(
                pass -> {
                    loop.start();
                    await().until(() -> !heard.isEmpty() || waits(loop));
                    return SamplePasses.pass(2);
                });
        loop.join();

        assertThat(board.newest()).isEqualTo(new StatusBoard.Posting(SamplePasses.pass(3), false));
        assertThat(heard).containsExactly(SamplePasses.pass(2), SamplePasses.pass(3));
    }

    private static boolean waits(Thread thread) {
        return thread.getState() == Thread.State.BLOCKED
                || thread.getState() == Thread.State.TERMINATED;
    }

    @Test
    void publish_listenerThrows_othersStillHear() {
        List<PassReport> heard = new ArrayList<>();
        board.subscribe(
                pass -> {
                    throw new IllegalStateException("bug in a listener");
                });
        board.subscribe(heard::add);

        board.publish(SamplePasses.pass(1));

        assertThat(heard).hasSize(1);
    }

    @Test
    void restore_beforeFirstPass_isShownAsRestored() {
        board.restore(SamplePasses.pass(1));

        assertThat(board.newest()).isEqualTo(new StatusBoard.Posting(SamplePasses.pass(1), true));
    }

    @Test
    void restore_afterFirstPass_changesNothing() {
        board.publish(SamplePasses.pass(2));

        board.restore(SamplePasses.pass(1));

        assertThat(board.newest()).isEqualTo(new StatusBoard.Posting(SamplePasses.pass(2), false));
    }
}

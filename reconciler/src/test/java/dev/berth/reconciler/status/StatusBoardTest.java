package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThat;

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

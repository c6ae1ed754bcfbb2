package dev.berth.reconciler.notify;

import static dev.berth.reconciler.notify.Samples.SHOP;
import static dev.berth.reconciler.notify.Samples.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class LaneTest {
    private static final ResourceId CART = ResourceId.app("cart");

    private final Lane lane = new Lane();

    @Test
    void refused_goesBehindOthersWithAllThatFollowsIt() {
        lane.add(message("shop-fails", "ops", SHOP, Message.Type.Failing), true);
        lane.add(message("cart-fails", "ops", CART, Message.Type.Failing), true);
        lane.add(message("shop-well", "ops", SHOP, Message.Type.Recovered), true);
        Message first = due();
        lane.begin(first);

        assertThat(lane.refused(first)).isOne();

        assertThat(drain()).containsExactly("cart-fails", "shop-fails", "shop-well");
    }

    @Test
    void add_sameToSayAgain_takesTheNewestPlace() {
        lane.add(message("fails", "ops", SHOP, Message.Type.Failing), true);
        lane.add(message("well", "ops", SHOP, Message.Type.Recovered), true);

        Message replaced =
                lane.add(message("fails-again", "ops", SHOP, Message.Type.Failing), true);

        assertThat(replaced).extracting(Message::id).isEqualTo("fails");
        assertThat(drain()).containsExactly("well", "fails-again");
    }

    @Test
    void due_oneUnderway_isNothing() {
        lane.add(message("a", "ops", SHOP, Message.Type.Failing), true);
        lane.add(message("b", "ops", CART, Message.Type.Failing), true);

        lane.begin(due());

        assertThat(lane.due(Clockwork.system())).isNull();
    }

    private Message due() {
        return Objects.requireNonNull(lane.due(Clockwork.system()));
    }

    private List<String> drain() {
        List<String> ids = new ArrayList<>();
        while (lane.size() > 0) {
            Message due = due();
            ids.add(due.id());
            lane.begin(due);
            lane.taken(due);
        }
        return ids;
    }
}

package dev.berth.reconciler.webhook.kept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Delivery;
import dev.berth.schemas.status.Delivery.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store of deliveries does. */
public abstract class DeliveryStoreContract {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123Z");

    /** An empty one. */
    protected abstract DeliveryStore store() throws Exception;

    @Test
    void save_andAgain_keepsTheNewestFormOfEach() throws Exception {
        DeliveryStore store = store();
        Delivery first = delivery(1, Outcome.Woke);

        store.save(List.of(first, delivery(2, Outcome.BadSignature)));
        store.save(List.of(first.again(NOW.plusSeconds(5))));

        assertThat(store.all())
                .containsExactly(
                        first.again(NOW.plusSeconds(5)), delivery(2, Outcome.BadSignature));
    }

    @Test
    void save_muchJunk_pushesOutNothingGood() throws Exception {
        DeliveryStore store = store();
        store.save(List.of(delivery(1, Outcome.Woke)));

        store.save(
                IntStream.rangeClosed(2, Deliveries.REFUSED + 4)
                        .mapToObj(i -> delivery(i, Outcome.BadSignature))
                        .toList());

        assertThat(store.all()).hasSize(1 + Deliveries.REFUSED);
        assertThat(store.all().getFirst().id()).isEqualTo(id(1));
        assertThat(store.all().get(1).id()).as("the oldest are forgotten").isEqualTo(id(5));
    }

    @Test
    void save_moreThanAreKept_forgetsTheOldest() throws Exception {
        DeliveryStore store = store();

        store.save(
                IntStream.rangeClosed(1, Deliveries.GOOD + 2)
                        .mapToObj(i -> delivery(i, Outcome.Woke))
                        .toList());

        assertThat(store.all()).hasSize(Deliveries.GOOD);
        assertThat(store.all().getFirst().id()).isEqualTo(id(3));
    }

    private static String id(int number) {
        return "%012x".formatted(number);
    }

    private static Delivery delivery(int number, Outcome outcome) {
        return new Delivery(
                id(number),
                NOW,
                NOW,
                1,
                "github",
                outcome.refused() ? null : "github.com",
                outcome.refused() ? null : "d-" + number,
                "push",
                "github.com/acme/shop",
                "refs/heads/main",
                null,
                outcome,
                outcome.refused() ? List.of() : List.of(ResourceId.app("shop")),
                null);
    }
}

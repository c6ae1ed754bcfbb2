package dev.berth.reconciler.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.webhook.DeliveryBook.Entry;
import dev.berth.reconciler.webhook.kept.Deliveries;
import dev.berth.reconciler.webhook.kept.InMemoryDeliveryStore;
import dev.berth.schemas.status.Delivery;
import dev.berth.schemas.status.Delivery.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DeliveryBookTest {
    private final InMemoryDeliveryStore store = new InMemoryDeliveryStore();

    private DeliveryBook book() {
        return new DeliveryBook(store, Clockwork.system());
    }

    private static Entry entry(@Nullable String delivery) {
        return Entry.of(Dialect.GITHUB, "github.com", delivery).came(Outcome.Woke, null);
    }

    @Test
    void deliveries_pageByPage_isEachOnceNewestFirst() {
        DeliveryBook book = book();
        List<String> noted = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            noted.addFirst(
                    book.note(
                                    i % 3 == 0
                                            ? Entry.refused("github", Outcome.BadSignature, "no")
                                            : entry("d" + i))
                            .id());
        }

        List<String> read = new ArrayList<>();
        Page<Delivery> page = book.deliveries(null, 7);
        while (true) {
            page.items().forEach(delivery -> read.add(delivery.id()));
            if (page.next() == null) {
                break;
            }
            page = book.deliveries(page.next(), 7);
        }

        assertThat(read).isEqualTo(noted);
    }

    @Test
    void deliveries_badCursorOrLimit_saysSo() {
        assertThatThrownBy(() -> book().deliveries("x", 10))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> book().deliveries(null, 201))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void note_withoutIdOfItsOwn_isNeverARepetition() {
        DeliveryBook book = book();

        assertThat(book.note(entry(null)).id()).isNotEqualTo(book.note(entry(null)).id());
    }

    @Test
    void restart_deliveriesOfBefore_areThereAndRepeatable() {
        String before;
        try (DeliveryBook book = book()) {
            book.start();
            before = book.note(entry("guid")).id();
            await().until(() -> store.all().size() == 1);
        }

        try (DeliveryBook book = book()) {
            book.start();
            await().until(() -> book.delivery(before).isPresent());

            assertThat(book.note(entry("guid")).times()).isEqualTo(2);
            assertThat(book.note(entry("other")).id()).isGreaterThan(before);
        }
    }

    @Test
    void note_storeDown_isListedAllTheSame() {
        store.fail("gone");
        try (DeliveryBook book = book()) {
            book.start();

            String id = book.note(entry("guid")).id();

            assertThat(book.deliveries(null, 10).items())
                    .extracting(Delivery::id)
                    .containsExactly(id);
        }
    }

    @Test
    void note_junkWhileTheStoreIsDown_keepsNothingGoodFromBeingWrittenDown() {
        store.fail("gone");
        try (DeliveryBook book = book()) {
            String good = book.note(entry("guid")).id();
            for (int i = 0; i < Deliveries.GOOD + 2 * Deliveries.REFUSED; i++) {
                book.note(Entry.refused("github", Outcome.BadSignature, "no"));
            }
            store.fail(null);
            book.start();

            await().until(() -> !saved().isEmpty());

            assertThat(saved()).hasSize(Deliveries.REFUSED + 1).contains(good);
        }
    }

    private List<String> saved() {
        try {
            return store.all().stream().map(Delivery::id).toList();
        } catch (UnavailableException e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.berth.webapp.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.status.SamplePasses;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.PreviewStatus.State;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PreviewsApiTest {
    private final StatusBoard board = new StatusBoard();
    private final PreviewsApi api = new PreviewsApi(board);

    @Test
    void list_noPassYet_isEmpty() {
        assertThat(api.listing(null)).isEqualTo(new PreviewsApi.Listing(null, false, List.of()));
    }

    @Test
    void list_allOrOfOneApp_areThoseOfTheNewestPass() {
        PreviewStatus blog = preview("blog", 7);
        PreviewStatus shop = preview("shop", 12);
        board.publish(pass(blog, shop));

        assertThat(api.listing(null).items()).containsExactly(blog, shop);
        assertThat(api.listing("shop").items()).containsExactly(shop);
        assertThat(api.listing("other").items()).isEmpty();
    }

    @Test
    void list_asJson_hasWhatScriptsNeed() {
        board.publish(pass(preview("shop", 12)));

        assertThat(Json.write(api.listing("shop")))
                .contains(
                        "\"asOf\":\"2026-11-21T09:01:00.123456Z\"",
                        "\"restored\":false",
                        "\"app\":\"app/shop\"",
                        "\"preview\":\"app/shop.pr-12\"",
                        "\"number\":12",
                        "\"state\":\"Queued\"",
                        "\"commit\":\"c0ffee00");
    }

    private static PassReport pass(PreviewStatus... previews) {
        PassReport pass = SamplePasses.pass(1);
        return new PassReport(
                pass.id(),
                pass.trigger(),
                pass.revision(),
                pass.author(),
                pass.startedAt(),
                pass.duration(),
                pass.plan(),
                pass.changes(),
                pass.problems(),
                pass.resources(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(previews),
                null);
    }

    private static PreviewStatus preview(String app, int number) {
        PreviewId id = PreviewId.ofPull(app, number);
        return new PreviewStatus(
                id.parent(),
                id.id(),
                number,
                "branch",
                "https://example.com/" + app,
                "a title",
                "https://example.com/pull/" + number,
                "ada",
                "c0ffee00".repeat(5),
                null,
                null,
                State.Queued,
                null,
                "next, when one of the 3 that run ends",
                null,
                SamplePasses.START,
                Instant.EPOCH);
    }
}

package dev.berth.webapp.page;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.webhook.kept.Deliveries;
import dev.berth.reconciler.webhook.kept.ForgeFaults;
import dev.berth.reconciler.webhook.kept.WebhookSetup;
import dev.berth.reconciler.webhook.kept.WebhookSetups;
import dev.berth.schemas.status.Delivery;
import dev.berth.webapp.api.Listings;
import dev.berth.webapp.http.Answers;
import dev.berth.webapp.view.DeliveryView;
import dev.berth.webapp.view.Frame.Section;
import dev.berth.webapp.view.Listed;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page of webhooks: where to send them, what came of them, and what forges refuse. */
@Path("/webhooks")
@Produces(Answers.HTML)
@Dependent
public class WebhookPages {
    private static final int ROWS = 50;
    private static final WebhookSetup NOT_READ =
            new WebhookSetup("berth.<domain>", java.util.List.of(), java.util.List.of());

    private final Deliveries deliveries;
    private final WebhookSetups setups;
    private final ForgeFaults faults;
    private final PageRenderer renderer;
    private final InstantSource clock;

    @Inject
    public WebhookPages(
            Deliveries deliveries,
            WebhookSetups setups,
            ForgeFaults faults,
            PageRenderer renderer,
            InstantSource clock) {
        this.deliveries = deliveries;
        this.setups = setups;
        this.faults = faults;
        this.renderer = renderer;
        this.clock = clock;
    }

    @GET
    public Response webhooks(@QueryParam("cursor") @Nullable String cursor) {
        return Answers.momentary(html(cursor), Answers.HTML);
    }

    /** The page as text. */
    String html(@Nullable String cursor) {
        Instant now = clock.instant();
        Page<Delivery> page = Listings.read(() -> deliveries.deliveries(cursor, ROWS));
        WebhookSetup setup = setups.now();
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("read", setup != null);
        parameters.put("setup", setup == null ? NOT_READ : setup);
        parameters.put("faults", faults.now());
        parameters.put(
                "view",
                new Listed<>(
                        page.items().stream().map(one -> DeliveryView.of(one, now)).toList(),
                        page.next() == null ? null : "/webhooks?cursor=" + page.next(),
                        null));
        return renderer.render(
                "webhooks.jte", renderer.frame("Webhooks", Section.Webhooks, 0), parameters);
    }
}

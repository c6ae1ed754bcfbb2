package dev.berth.webapp.api;

import dev.berth.reconciler.webhook.kept.ForgeFault;
import dev.berth.reconciler.webhook.kept.ForgeFaults;
import dev.berth.reconciler.webhook.kept.WebhookSetup;
import dev.berth.reconciler.webhook.kept.WebhookSetups;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code webhooks}: where to send them, and what does not go well with forges. */
@Path("/api/v1/webhooks")
@Produces(Answers.JSON)
@Dependent
public class WebhooksApi {
    private final WebhookSetups setups;
    private final ForgeFaults faults;

    /**
     * How it stands with forges.
     *
     * @param url where webhooks are to be sent; {@code null} until config was read
     * @param forges hosts whose deliveries are taken
     * @param without hosts that config names without a secret: theirs are refused
     * @param faults what can't be done now, by repo
     */
    public record Standing(
            @Nullable String url,
            List<String> forges,
            List<String> without,
            List<ForgeFault> faults) {}

    @Inject
    public WebhooksApi(WebhookSetups setups, ForgeFaults faults) {
        this.setups = setups;
        this.faults = faults;
    }

    @GET
    public Response read(@Context Request request) {
        return Answers.json(request, standing());
    }

    /** What is answered. */
    Standing standing() {
        WebhookSetup setup = setups.now();
        return setup == null
                ? new Standing(null, List.of(), List.of(), faults.now())
                : new Standing(setup.url(), setup.forges(), setup.without(), faults.now());
    }
}

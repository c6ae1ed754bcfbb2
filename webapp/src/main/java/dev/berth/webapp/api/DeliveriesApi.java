package dev.berth.webapp.api;

import dev.berth.reconciler.webhook.kept.Deliveries;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/** {@code deliveries}: what came in by webhooks, newest first, and what became of it. */
@Path("/api/v1/deliveries")
@Produces(Answers.JSON)
@Dependent
public class DeliveriesApi {
    private final Deliveries deliveries;

    @Inject
    public DeliveriesApi(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    @GET
    public Response list(
            @Context Request request,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue("50") int limit) {
        return Answers.json(request, Listings.read(() -> deliveries.deliveries(cursor, limit)));
    }

    @GET
    @Path("{id}")
    public Response one(@Context Request request, @PathParam("id") String id) {
        return Answers.json(
                request,
                deliveries
                        .delivery(id)
                        .orElseThrow(() -> new NotFoundException("There is no delivery " + id)));
    }
}

package dev.berth.webapp.api;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.status.PassHistory;
import dev.berth.schemas.config.ResourceId;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/**
 * {@code events}: what happened to resources, who wanted it, why, how long it took, how it ended.
 */
@Path("/api/v1/events")
@Produces(Answers.JSON)
@Dependent
public class EventsApi {
    private final PassHistory history;

    @Inject
    public EventsApi(PassHistory history) {
        this.history = history;
    }

    /**
     * A page of events, newest first.
     *
     * @param resource {@code app/shop}: only what happened to it
     */
    @GET
    public Response list(
            @Context Request request,
            @QueryParam("resource") @Nullable String resource,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue("50") int limit)
            throws UnavailableException {
        ResourceId id = resource == null ? null : Listings.read(() -> ResourceId.parse(resource));
        return Answers.json(request, Listings.ask(() -> history.events(id, cursor, limit)));
    }
}

package dev.berth.webapp.api;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.Builds;
import dev.berth.schemas.config.ResourceId;
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

/** {@code builds}: what was built of which code, newest first, and how far what goes on is. */
@Path("/api/v1/builds")
@Produces(Answers.JSON)
@Dependent
public class BuildsApi {
    private final Builds builds;

    @Inject
    public BuildsApi(Builds builds) {
        this.builds = builds;
    }

    @GET
    public Response list(
            @Context Request request,
            @QueryParam("app") @Nullable String app,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue("50") int limit)
            throws UnavailableException {
        ResourceId whose = app == null ? null : ResourceId.app(app);
        return Answers.json(request, Listings.ask(() -> builds.builds(whose, cursor, limit)));
    }

    @GET
    @Path("{id}")
    public Response one(@Context Request request, @PathParam("id") String id)
            throws UnavailableException {
        return Answers.json(
                request,
                builds.build(id)
                        .orElseThrow(() -> new NotFoundException("There is no build " + id)));
    }
}

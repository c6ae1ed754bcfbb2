package dev.berth.webapp.api;

import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReleaseStatus;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** {@code apps/{name}/releases}: what an app can be pinned to. */
@Path("/api/v1/apps/{name}/releases")
@Produces(Answers.JSON)
@Dependent
public class AppReleasesApi {
    private final StatusBoard board;

    /** All of an app, newest first. */
    public record Listing(String app, List<ReleaseStatus> items) {}

    @Inject
    public AppReleasesApi(StatusBoard board) {
        this.board = board;
    }

    @GET
    public Response list(@Context Request request, @PathParam("name") String name) {
        ResourceId app = ResourceId.app(name);
        if (board.resource(app) == null) {
            throw new NotFoundException("There is no app " + name);
        }
        return Answers.json(request, new Listing(name, board.releasesOf(app)));
    }
}

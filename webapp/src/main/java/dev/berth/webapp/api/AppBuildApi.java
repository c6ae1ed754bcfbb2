package dev.berth.webapp.api;

import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.BuildStatus;
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

/** {@code apps/{name}/build}: how an app's code is built, and what it was recognised as. */
@Path("/api/v1/apps/{name}/build")
@Produces(Answers.JSON)
@Dependent
public class AppBuildApi {
    private final StatusBoard board;

    @Inject
    public AppBuildApi(StatusBoard board) {
        this.board = board;
    }

    @GET
    public Response read(@Context Request request, @PathParam("name") String name) {
        BuildStatus build = board.buildOf(ResourceId.app(name));
        if (build == null) {
            throw new NotFoundException("There is no app %s with code to build".formatted(name));
        }
        return Answers.json(request, build);
    }
}

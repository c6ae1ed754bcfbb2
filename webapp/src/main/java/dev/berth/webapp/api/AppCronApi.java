package dev.berth.webapp.api;

import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ScheduleStatus;
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

/** {@code apps/{name}/cron}: what an app runs by the clock, and how its last runs went. */
@Path("/api/v1/apps/{name}/cron")
@Produces(Answers.JSON)
@Dependent
public class AppCronApi {
    private final StatusBoard board;

    /** All of an app, in the order declared. */
    public record Listing(String app, List<ScheduleStatus> items) {}

    @Inject
    public AppCronApi(StatusBoard board) {
        this.board = board;
    }

    @GET
    public Response list(@Context Request request, @PathParam("name") String name) {
        ResourceId app = ResourceId.app(name);
        if (board.resource(app) == null) {
            throw new NotFoundException("There is no app " + name);
        }
        return Answers.json(request, new Listing(name, board.schedulesOf(app)));
    }
}

package dev.berth.webapp.api;

import dev.berth.reconciler.status.AppTraffic;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.TrafficStatus;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;

/** {@code apps/{name}/traffic}: how the edge serves an app at this moment. */
@Path("/api/v1/apps/{name}/traffic")
@Dependent
public class AppTrafficApi {
    private final StatusBoard board;
    private final AppTraffic traffic;

    @Inject
    public AppTrafficApi(StatusBoard board, AppTraffic traffic) {
        this.board = board;
        this.traffic = traffic;
    }

    @GET
    @Produces(Answers.JSON)
    public Response json(@PathParam("name") String name) {
        ResourceId app = Listings.resource("app", name);
        TrafficStatus now = traffic.of(app);
        if (now.routes().isEmpty() && board.resource(app) == null) {
            throw new NotFoundException("There is no app " + name);
        }
        return Answers.momentary(Json.write(now), Answers.JSON);
    }
}

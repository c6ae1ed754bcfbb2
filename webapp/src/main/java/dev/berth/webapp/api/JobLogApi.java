package dev.berth.webapp.api;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.status.RunLogs;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * {@code jobs/{name}/log}: what a job wrote, straight from the engine; {@code shop.prune} is the
 * newest run of what the app shop runs by the clock under that name.
 */
@Path("/api/v1/jobs/{name}/log")
@Produces(Answers.JSON)
@Dependent
public class JobLogApi {
    private static final int MOST_LINES = 10_000;

    private final RunLogs logs;

    /** The last lines of a job, oldest first. */
    public record LogTail(String job, List<String> lines) {}

    @Inject
    public JobLogApi(RunLogs logs) {
        this.logs = logs;
    }

    @GET
    public Response json(
            @PathParam("name") String name, @QueryParam("lines") @DefaultValue("200") int lines)
            throws UnavailableException {
        if (lines < 1 || lines > MOST_LINES) {
            throw new BadRequestException("lines must be from 1 to " + MOST_LINES);
        }
        List<String> tail =
                logs.tailOf(new ResourceId(Kind.Job, name), lines)
                        .orElseThrow(
                                () -> new NotFoundException("No job %s has run".formatted(name)));
        return Answers.momentary(Json.write(new LogTail(name, tail)), Answers.JSON);
    }
}

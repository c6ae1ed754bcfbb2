package dev.berth.webapp.api;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.status.AppLogs;
import dev.berth.reconciler.status.RunLogs;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.Json;
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
import org.jspecify.annotations.Nullable;

/**
 * {@code apps/{name}/log}: what an app wrote lately, or one run of what it runs by the clock,
 * straight from the engine.
 */
@Path("/api/v1/apps/{name}/log")
@Dependent
public class AppLogApi {
    private static final int MOST_LINES = 10_000;

    private final StatusBoard board;
    private final AppLogs logs;
    private final RunLogs runs;

    /** The last lines of an app, oldest first. */
    public record LogTail(String app, List<String> lines) {}

    @Inject
    public AppLogApi(StatusBoard board, AppLogs logs, RunLogs runs) {
        this.board = board;
        this.logs = logs;
        this.runs = runs;
    }

    @GET
    @Produces(Answers.JSON)
    public Response json(
            @PathParam("name") String name,
            @QueryParam("run") @Nullable String run,
            @QueryParam("lines") @DefaultValue("200") int lines)
            throws UnavailableException {
        return Answers.momentary(
                Json.write(new LogTail(name, tail(name, run, lines))), Answers.JSON);
    }

    @GET
    @Produces("text/plain;qs=0.5")
    public Response text(
            @PathParam("name") String name,
            @QueryParam("run") @Nullable String run,
            @QueryParam("lines") @DefaultValue("200") int lines)
            throws UnavailableException {
        StringBuilder text = new StringBuilder();
        tail(name, run, lines).forEach(line -> text.append(line).append('\n'));
        return Answers.momentary(text.toString(), Answers.TEXT);
    }

    private List<String> tail(String name, @Nullable String run, int lines)
            throws UnavailableException {
        if (lines < 1 || lines > MOST_LINES) {
            throw new BadRequestException("lines must be from 1 to " + MOST_LINES);
        }
        if (run != null) {
            return runs.tail(ResourceId.app(name), run, lines)
                    .orElseThrow(
                            () ->
                                    new NotFoundException(
                                            "App %s has no run %s".formatted(name, run)));
        }
        List<String> tail = logs.tail(name, lines);
        if (tail.isEmpty() && board.resource(ResourceId.app(name)) == null) {
            throw new NotFoundException("There is no app " + name);
        }
        return tail;
    }
}

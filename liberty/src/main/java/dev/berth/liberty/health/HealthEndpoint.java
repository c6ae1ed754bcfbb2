package dev.berth.liberty.health;

import dev.berth.reconciler.status.HistoryWriter;
import dev.berth.reconciler.status.Vitals;
import dev.berth.schemas.Json;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.function.Supplier;

/**
 * The three questions of a supervisor, in MicroProfile Health's JSON, and one for who watches from
 * outside. The database and the edge are told but decide nothing: Berth converges without the one
 * and starts before the other. That nobody can tell who writes does not keep Berth from being
 * ready, since a restart mends nothing; who watches has to know.
 */
@Path("/health")
@Produces(MediaType.APPLICATION_JSON)
@Dependent
public class HealthEndpoint {
    private final Supplier<Vitals> vitals;
    private final HistoryWriter writer;

    /** The answer. */
    public record Health(String status, List<Check> checks) {}

    /** One part of it. */
    public record Check(String name, String status, String detail) {}

    @Inject
    public HealthEndpoint(Supplier<Vitals> vitals, HistoryWriter writer) {
        this.vitals = vitals;
        this.writer = writer;
    }

    /** The process answers. */
    @GET
    @Path("live")
    public Response live() {
        return answer(true, List.of());
    }

    /** The loop takes triggers. */
    @GET
    @Path("ready")
    public Response ready() {
        return answer(vitals.get().looping(), checks());
    }

    /** The loop has begun. */
    @GET
    @Path("started")
    public Response started() {
        return answer(vitals.get().looping(), List.of());
    }

    /** It does its work, too, or looks on while another Berth does. */
    @GET
    public Response all() {
        Vitals now = vitals.get();
        return answer(now.looping() && !now.writerUnknown(), checks());
    }

    private List<Check> checks() {
        Vitals now = vitals.get();
        String failure = writer.failure();
        return List.of(
                check("loop", now.looping(), now.looping() ? "running" : "not running"),
                check("history", failure == null, failure == null ? "writable" : failure),
                check(
                        "source",
                        !now.pollOverdue(),
                        now.pollOverdue()
                                ? "no look at the config repo has succeeded for three intervals"
                                : "read"),
                check("writer", !now.writerUnknown(), now.writer()),
                check(
                        "edge",
                        now.edgeConnected(),
                        now.edgeConnected() ? "connected" : "no edge has reported lately"));
    }

    private static Check check(String name, boolean up, String detail) {
        return new Check(name, up ? "UP" : "DOWN", detail);
    }

    private static Response answer(boolean up, List<Check> checks) {
        return Response.status(up ? 200 : 503)
                .type(MediaType.APPLICATION_JSON)
                .cacheControl(Answers.noStore())
                .entity(Json.write(new Health(up ? "UP" : "DOWN", checks)))
                .build();
    }
}

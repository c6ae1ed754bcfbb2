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
import java.util.function.Supplier;

/**
 * The three questions of a supervisor, in MicroProfile Health's JSON, and one for who watches from
 * outside; {@link Health} answers them.
 */
@Path("/health")
@Produces(MediaType.APPLICATION_JSON)
@Dependent
public class HealthEndpoint {
    private final Supplier<Vitals> vitals;
    private final HistoryWriter writer;

    @Inject
    public HealthEndpoint(Supplier<Vitals> vitals, HistoryWriter writer) {
        this.vitals = vitals;
        this.writer = writer;
    }

    /** The process answers. */
    @GET
    @Path("live")
    public Response live() {
        return answer(Health.live());
    }

    /** The loop takes triggers. */
    @GET
    @Path("ready")
    public Response ready() {
        return answer(Health.ready(vitals.get(), writer.failure()));
    }

    /** The loop has begun. */
    @GET
    @Path("started")
    public Response started() {
        return answer(Health.started(vitals.get()));
    }

    /** It does its work, too, or looks on while another Berth does. */
    @GET
    public Response all() {
        return answer(Health.whole(vitals.get(), writer.failure()));
    }

    private static Response answer(Health health) {
        return Response.status(health.code())
                .type(MediaType.APPLICATION_JSON)
                .cacheControl(Answers.noStore())
                .entity(Json.write(health))
                .build();
    }
}

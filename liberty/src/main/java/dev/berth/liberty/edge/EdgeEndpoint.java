package dev.berth.liberty.edge;

import dev.berth.reconciler.traffic.EdgeLink;
import dev.berth.schemas.Json;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.Snapshot;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an edge asks and tells; see {@link EdgeLink} for the protocol. Not part of the API for
 * people: it needs the edge's token, and it is the only address of control that takes a body.
 */
@Path("/edge/v1")
@Produces(MediaType.APPLICATION_JSON)
@Dependent
public class EdgeEndpoint {
    private static final Duration POLL = Duration.ofSeconds(25);

    private final EdgeLink link;
    private final EdgeToken token;
    private final LongPolls polls;

    @Inject
    public EdgeEndpoint(EdgeLink link, EdgeToken token, LongPolls polls) {
        this.link = link;
        this.token = token;
        this.polls = polls;
    }

    /**
     * The snapshot, as soon as there is another than the edge has; 204 when there was none for 25
     * seconds.
     *
     * @param have version that the edge has; 0 = none
     */
    @GET
    @Path("snapshots")
    public void snapshot(
            @QueryParam("have") @DefaultValue("0") long have,
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @Suspended AsyncResponse response) {
        check(authorization);
        polls.answer(
                response,
                () -> {
                    Snapshot snapshot = link.await(have, POLL);
                    return snapshot == null
                            ? Response.noContent().build()
                            : Response.ok(Json.write(snapshot), MediaType.APPLICATION_JSON_TYPE)
                                    .build();
                });
    }

    /** How the edge does; 409 when it should report again with the routes that it serves. */
    @POST
    @Path("reports")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response report(
            String body, @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization) {
        check(authorization);
        EdgeReport report;
        try {
            report = Json.read(body, EdgeReport.class);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage(), e);
        }
        return switch (link.report(report)) {
            case OK -> Response.noContent().build();
            case SEND_ROUTES -> Response.status(Response.Status.CONFLICT).build();
        };
    }

    private void check(@Nullable String authorization) {
        if (!token.admits(authorization)) {
            throw new NotAuthorizedException("The edge's token is missing or wrong", "Bearer");
        }
    }
}

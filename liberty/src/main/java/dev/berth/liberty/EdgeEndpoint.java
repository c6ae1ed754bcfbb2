package dev.berth.liberty;

import dev.berth.reconciler.traffic.EdgeLink;
import dev.berth.schemas.Json;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.Snapshot;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the edge asks for snapshots and reports. Both need the token that the launcher made for this
 * home; without it nothing is said, not even that there is nothing.
 */
@Dependent
@Path("/edge/v1")
public final class EdgeEndpoint {
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private final EdgeLink link;
    private final Settings settings;

    @Inject
    public EdgeEndpoint(EdgeLink link, Settings settings) {
        this.link = link;
        this.settings = settings;
    }

    /** Answers with a snapshot other than the one the edge has, or 204 after 25 s without one. */
    @GET
    @Path("snapshots")
    @Produces(MediaType.APPLICATION_JSON)
    public void snapshots(
            @QueryParam("have") long have,
            @HeaderParam("Authorization") @Nullable String authorization,
            @Suspended AsyncResponse response) {
        if (!authorized(authorization)) {
            response.resume(unauthorized());
            return;
        }
        Thread.ofVirtual().name("berth-edge-snapshots").start(() -> answer(have, response));
    }

    private void answer(long have, AsyncResponse response) {
        try {
            Snapshot snapshot = link.await(have, PATIENCE);
            response.resume(
                    snapshot == null
                            ? Response.noContent().build()
                            : Response.ok(Json.write(snapshot)).build());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            response.resume(Response.status(Response.Status.SERVICE_UNAVAILABLE).build());
        }
    }

    /** Takes a report; 409 asks for one that has the routes served. */
    @POST
    @Path("reports")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response reports(
            @HeaderParam("Authorization") @Nullable String authorization, String body) {
        if (!authorized(authorization)) {
            return unauthorized();
        }
        EdgeReport report;
        try {
            report = Json.read(body, EdgeReport.class);
        } catch (IllegalArgumentException e) {
            return Response.status(Response.Status.BAD_REQUEST)
                    .type(MediaType.TEXT_PLAIN)
                    .entity(e.getMessage())
                    .build();
        }
        return switch (link.report(report)) {
            case OK -> Response.noContent().build();
            case SEND_ROUTES -> Response.status(Response.Status.CONFLICT).build();
        };
    }

    private boolean authorized(@Nullable String authorization) {
        byte[] expected = ("Bearer " + settings.edgeToken()).getBytes(StandardCharsets.UTF_8);
        byte[] given =
                (authorization == null ? "" : authorization).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(expected, given);
    }

    private static Response unauthorized() {
        return Response.status(Response.Status.UNAUTHORIZED)
                .header("WWW-Authenticate", "Bearer")
                .build();
    }
}

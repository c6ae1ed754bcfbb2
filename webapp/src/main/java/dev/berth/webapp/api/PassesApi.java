package dev.berth.webapp.api;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.status.PassHistory;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.status.PassReport;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/** {@code passes}: what Berth saw, decided and did. Passes that found nothing new are left out. */
@Path("/api/v1/passes")
@Produces(Answers.JSON)
@Dependent
public class PassesApi {
    private final StatusBoard board;
    private final PassHistory history;

    @Inject
    public PassesApi(StatusBoard board, PassHistory history) {
        this.board = board;
        this.history = history;
    }

    @GET
    public Response list(
            @Context Request request,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue("50") int limit)
            throws UnavailableException {
        return Answers.json(request, Listings.ask(() -> history.passes(cursor, limit)));
    }

    @GET
    @Path("{id}")
    public Response one(@Context Request request, @PathParam("id") String id)
            throws UnavailableException {
        StatusBoard.Posting posting = board.newest();
        PassReport pass =
                posting != null && posting.pass().id().equals(id)
                        ? posting.pass()
                        : history.pass(id).orElse(null);
        if (pass == null) {
            throw new NotFoundException("There is no recorded pass " + id);
        }
        return Answers.json(request, pass);
    }
}

package dev.berth.webapp.api;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.status.PassReport;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;

/** {@code plan}: what the newest pass found to do, printed as everywhere. */
@Path("/api/v1/plan")
@Dependent
public class PlanApi {
    private final StatusBoard board;

    /**
     * The newest plan.
     *
     * @param pass the pass that made it
     * @param plan as {@code berth plan} prints it
     * @param changes what became of each change
     * @param problems of the whole repo
     */
    public record PlanView(
            String pass,
            Instant asOf,
            String revision,
            String plan,
            List<PassReport.ChangeReport> changes,
            List<String> problems) {}

    @Inject
    public PlanApi(StatusBoard board) {
        this.board = board;
    }

    @GET
    @Produces(Answers.JSON)
    public Response json(@Context Request request) throws UnavailableException {
        PassReport pass = pass();
        return Answers.json(
                request,
                new PlanView(
                        pass.id(),
                        pass.startedAt(),
                        pass.revision(),
                        pass.plan(),
                        pass.changes(),
                        pass.problems()));
    }

    @GET
    @Produces("text/plain;qs=0.5")
    public Response text(@Context Request request) throws UnavailableException {
        return Answers.tagged(request, pass().plan() + "\n", Answers.TEXT);
    }

    private PassReport pass() throws UnavailableException {
        StatusBoard.Posting posting = board.newest();
        if (posting == null) {
            throw new UnavailableException("No pass has finished yet; ask again soon", null);
        }
        return posting.pass();
    }
}

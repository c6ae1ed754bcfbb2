package dev.berth.webapp.page;

import dev.berth.reconciler.status.StatusBoard;
import dev.berth.webapp.http.Answers;
import dev.berth.webapp.view.Frame.Section;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;

/** What is left over on the engine. */
@Path("/diagnostics")
@Produces(Answers.HTML)
@Dependent
public class DiagnosticsPage {
    private final StatusBoard board;
    private final PageRenderer renderer;

    @Inject
    public DiagnosticsPage(StatusBoard board, PageRenderer renderer) {
        this.board = board;
        this.renderer = renderer;
    }

    @GET
    public Response read() {
        return Answers.momentary(html(), Answers.HTML);
    }

    /** The page as text. */
    String html() {
        StatusBoard.Posting posting = board.newest();
        return renderer.render(
                "diagnostics.jte",
                renderer.frame("Diagnostics", Section.Diagnostics, 0),
                Map.of("orphans", posting == null ? List.of() : posting.pass().orphans()));
    }
}

package dev.berth.webapp.page;

import dev.berth.reconciler.status.HistoryWriter;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.webapp.http.Answers;
import dev.berth.webapp.view.Frame.Section;
import dev.berth.webapp.view.Overview;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import java.util.Map;

/** The first page: every resource and how it stands. */
@Path("/")
@Produces(Answers.HTML)
@Dependent
public class Pages {
    private final StatusBoard board;
    private final HistoryWriter writer;
    private final PageRenderer renderer;
    private final InstantSource clock;

    @Inject
    public Pages(
            StatusBoard board, HistoryWriter writer, PageRenderer renderer, InstantSource clock) {
        this.board = board;
        this.writer = writer;
        this.renderer = renderer;
        this.clock = clock;
    }

    @GET
    public Response overview() {
        Overview view = Overview.of(board.newest(), writer.failure(), clock.instant());
        return Answers.momentary(
                renderer.render(
                        "overview.jte",
                        renderer.frame(view.headline(), Section.Resources, 0),
                        Map.of("view", view)),
                Answers.HTML);
    }
}

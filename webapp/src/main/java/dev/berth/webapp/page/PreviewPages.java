package dev.berth.webapp.page;

import dev.berth.reconciler.status.StatusBoard;
import dev.berth.reconciler.webhook.kept.ForgeFaults;
import dev.berth.webapp.http.Answers;
import dev.berth.webapp.view.Frame.Section;
import dev.berth.webapp.view.PreviewGroup;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import java.util.Map;

/** The page of previews: those of every app, and what keeps them as they are. */
@Path("/previews")
@Produces(Answers.HTML)
@Dependent
public class PreviewPages {
    private final StatusBoard board;
    private final ForgeFaults faults;
    private final PageRenderer renderer;
    private final InstantSource clock;

    @Inject
    public PreviewPages(
            StatusBoard board, ForgeFaults faults, PageRenderer renderer, InstantSource clock) {
        this.board = board;
        this.faults = faults;
        this.renderer = renderer;
        this.clock = clock;
    }

    @GET
    public Response previews() {
        return Answers.momentary(html(), Answers.HTML);
    }

    /** The page as text. */
    String html() {
        return renderer.render(
                "previews.jte",
                renderer.frame("Previews", Section.Previews, 0),
                Map.of(
                        "groups",
                        PreviewGroup.all(board.newest(), clock.instant()),
                        "faults",
                        faults.now()));
    }
}

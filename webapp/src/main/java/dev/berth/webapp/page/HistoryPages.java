package dev.berth.webapp.page;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.status.PassHistory;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.status.PassReport;
import dev.berth.webapp.api.Listings;
import dev.berth.webapp.http.Answers;
import dev.berth.webapp.view.ChangeView;
import dev.berth.webapp.view.Frame.Section;
import dev.berth.webapp.view.Listed;
import dev.berth.webapp.view.PassView;
import dev.berth.webapp.view.ProblemView;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The pages of what has been: passes and events. */
@Path("/")
@Produces(Answers.HTML)
@Dependent
public class HistoryPages {
    private static final int ROWS = 50;

    private final StatusBoard board;
    private final PassHistory history;
    private final PageRenderer renderer;
    private final InstantSource clock;

    @Inject
    public HistoryPages(
            StatusBoard board, PassHistory history, PageRenderer renderer, InstantSource clock) {
        this.board = board;
        this.history = history;
        this.renderer = renderer;
        this.clock = clock;
    }

    @GET
    @Path("passes")
    public Response passes(@QueryParam("cursor") @Nullable String cursor) {
        return Answers.momentary(passesHtml(cursor), Answers.HTML);
    }

    @GET
    @Path("events")
    public Response events(@QueryParam("cursor") @Nullable String cursor) {
        return Answers.momentary(eventsHtml(cursor), Answers.HTML);
    }

    @GET
    @Path("passes/{id}")
    public Response pass(@PathParam("id") String id) throws UnavailableException {
        StatusBoard.Posting posting = board.newest();
        PassReport pass =
                posting != null && posting.pass().id().equals(id)
                        ? posting.pass()
                        : history.pass(id).orElse(null);
        if (pass == null) {
            throw new NotFoundException("There is no recorded pass " + id);
        }
        return Answers.momentary(passHtml(pass), Answers.HTML);
    }

    /** The list of passes as text. */
    String passesHtml(@Nullable String cursor) {
        Instant now = clock.instant();
        Listed<PassView> view =
                listed(
                        "/passes",
                        () -> history.passes(cursor, ROWS),
                        pass -> PassView.of(pass, now));
        return renderer.render(
                "passes.jte", renderer.frame("Passes", Section.Passes, 0), Map.of("view", view));
    }

    /** The list of events as text. */
    String eventsHtml(@Nullable String cursor) {
        Instant now = clock.instant();
        Listed<ChangeView> view =
                listed(
                        "/events",
                        () -> history.events(null, cursor, ROWS),
                        event -> ChangeView.of(event, now));
        return renderer.render(
                "events.jte", renderer.frame("Events", Section.Events, 0), Map.of("view", view));
    }

    /** The page of a pass as text. */
    String passHtml(PassReport pass) {
        return renderer.render(
                "pass.jte",
                renderer.frame("Pass " + pass.id(), Section.Passes, 0),
                Map.of(
                        "pass", PassView.of(pass, clock.instant()),
                        "plan", pass.plan(),
                        "changes", pass.changes().stream().map(ChangeView::of).toList(),
                        "problems", ProblemView.of(pass.problems())));
    }

    private static <R, V> Listed<V> listed(
            String address, Listings.Question<Page<R>> question, Function<R, V> view) {
        try {
            Page<R> page = Listings.ask(question);
            return new Listed<>(
                    page.items().stream().map(view).toList(),
                    page.next() == null ? null : address + "?cursor=" + page.next(),
                    null);
        } catch (UnavailableException e) {
            return new Listed<>(List.of(), null, e.getMessage());
        }
    }
}

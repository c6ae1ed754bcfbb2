package dev.berth.webapp.page;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.BuildLogReader;
import dev.berth.reconciler.build.kept.Builds;
import dev.berth.schemas.status.Build;
import dev.berth.webapp.api.Listings;
import dev.berth.webapp.http.Answers;
import dev.berth.webapp.view.BuildRunView;
import dev.berth.webapp.view.Frame.Section;
import dev.berth.webapp.view.Listed;
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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pages of builds: all of them, and one with its log. */
@Path("/builds")
@Produces(Answers.HTML)
@Dependent
public class BuildPages {
    private static final int ROWS = 50;
    private static final int LOG_BYTES = 512 << 10;

    private final Builds builds;
    private final BuildLogReader logs;
    private final PageRenderer renderer;
    private final InstantSource clock;

    @Inject
    public BuildPages(
            Builds builds, BuildLogReader logs, PageRenderer renderer, InstantSource clock) {
        this.builds = builds;
        this.logs = logs;
        this.renderer = renderer;
        this.clock = clock;
    }

    @GET
    public Response builds(@QueryParam("cursor") @Nullable String cursor) {
        return Answers.momentary(listHtml(cursor), Answers.HTML);
    }

    @GET
    @Path("{id}")
    public Response build(@PathParam("id") String id) throws UnavailableException {
        Build build =
                builds.build(id)
                        .orElseThrow(() -> new NotFoundException("There is no build " + id));
        return Answers.momentary(html(build), Answers.HTML);
    }

    /** The list as text. */
    String listHtml(@Nullable String cursor) {
        return renderer.render(
                "builds.jte",
                renderer.frame("Builds", Section.Builds, 0),
                Map.of("view", listed(cursor)));
    }

    /** The page of one as text. */
    String html(Build build) throws UnavailableException {
        return renderer.render(
                "build.jte",
                renderer.frame("Build " + build.id(), Section.Builds, 0),
                Map.of(
                        "build", BuildRunView.of(build, clock.instant()),
                        "log", logs.tail(build.id(), LOG_BYTES)));
    }

    private Listed<BuildRunView> listed(@Nullable String cursor) {
        Instant now = clock.instant();
        try {
            Page<Build> page = Listings.ask(() -> builds.builds(null, cursor, ROWS));
            return new Listed<>(
                    page.items().stream().map(build -> BuildRunView.of(build, now)).toList(),
                    page.next() == null ? null : "/builds?cursor=" + page.next(),
                    null);
        } catch (UnavailableException e) {
            return new Listed<>(
                    builds.underway().reversed().stream()
                            .map(build -> BuildRunView.of(build, now))
                            .toList(),
                    null,
                    e.getMessage());
        }
    }
}

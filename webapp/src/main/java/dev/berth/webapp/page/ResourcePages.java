package dev.berth.webapp.page;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.Builds;
import dev.berth.reconciler.status.AppTraffic;
import dev.berth.reconciler.status.PassHistory;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ResourceStatus;
import dev.berth.webapp.api.Listings;
import dev.berth.webapp.http.Answers;
import dev.berth.webapp.view.AttemptView;
import dev.berth.webapp.view.BuildRunView;
import dev.berth.webapp.view.BuildView;
import dev.berth.webapp.view.CertificateView;
import dev.berth.webapp.view.ChangeView;
import dev.berth.webapp.view.Frame.Section;
import dev.berth.webapp.view.PreviewGroup;
import dev.berth.webapp.view.ReleaseView;
import dev.berth.webapp.view.ResourcePage;
import dev.berth.webapp.view.ResourceView;
import dev.berth.webapp.view.ScheduleView;
import dev.berth.webapp.view.TrafficView;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The page of one resource. */
@Path("/resources/{kind}/{name}")
@Produces(Answers.HTML)
@Dependent
public class ResourcePages {
    private static final int EVENTS = 20;
    private static final int BUILDS = 5;
    private static final int LINES = 200;
    private static final int REFRESH_SECONDS = 5;

    private final StatusBoard board;
    private final PassHistory history;
    private final Builds builds;
    private final AppTraffic traffic;
    private final QuickLogs logs;
    private final PageRenderer renderer;
    private final InstantSource clock;

    /** A list, or why there is none. */
    private record Found<T>(@Nullable List<T> items, @Nullable String failure) {}

    @Inject
    public ResourcePages(
            StatusBoard board,
            PassHistory history,
            Builds builds,
            AppTraffic traffic,
            QuickLogs logs,
            PageRenderer renderer,
            InstantSource clock) {
        this.board = board;
        this.history = history;
        this.builds = builds;
        this.traffic = traffic;
        this.logs = logs;
        this.renderer = renderer;
        this.clock = clock;
    }

    @GET
    public Response resource(@PathParam("kind") String kind, @PathParam("name") String name) {
        ResourceId id = Listings.resource(kind, name);
        ResourceStatus status = board.resource(id);
        if (status == null) {
            throw new NotFoundException(
                    "There is no resource %s/%s in the config repo".formatted(kind, name));
        }
        return Answers.momentary(html(id, status), Answers.HTML);
    }

    /** The page as text. */
    String html(ResourceId id, ResourceStatus status) {
        int refresh = id.kind() == Kind.App ? REFRESH_SECONDS : 0;
        return renderer.render(
                "resource.jte",
                renderer.frame(id.toString(), Section.Resources, refresh),
                Map.of("view", page(id, status)));
    }

    private ResourcePage page(ResourceId id, ResourceStatus status) {
        Instant now = clock.instant();
        Found<ChangeView> events = events(id, now);
        Found<String> log = log(id);
        ResourcePage.Preview preview = preview(id, now);
        return new ResourcePage(
                ResourceView.of(status, now),
                ResourcePage.conditions(status, now),
                CertificateView.of(status, now),
                AttemptView.of(status, now),
                planned(id),
                events.items() == null ? List.of() : events.items(),
                events.failure(),
                id.kind() == Kind.App ? TrafficView.of(traffic.of(id)) : null,
                board.schedulesOf(id).stream().map(s -> ScheduleView.of(s, now)).toList(),
                preview == null // a preview can't be pinned
                        ? board.releasesOf(id).stream().map(r -> ReleaseView.of(r, now)).toList()
                        : List.of(),
                BuildView.of(board.buildOf(id)),
                builds(id, now),
                PreviewGroup.of(id, board.newest(), now),
                preview,
                log.items(),
                log.failure());
    }

    private ResourcePage.@Nullable Preview preview(ResourceId id, Instant now) {
        PreviewId preview = PreviewId.of(id);
        PreviewGroup all =
                preview == null ? null : PreviewGroup.of(preview.parent(), board.newest(), now);
        return all == null
                ? null
                : Stream.concat(all.shown().stream(), all.without().stream())
                        .filter(view -> ("/resources/" + id).equals(view.href()))
                        .map(view -> new ResourcePage.Preview(all.app(), all.href(), view))
                        .findFirst()
                        .orElse(null);
    }

    private List<ChangeView> planned(ResourceId id) {
        StatusBoard.Posting posting = board.newest();
        return posting == null
                ? List.of()
                : posting.pass().changes().stream()
                        .filter(change -> change.resource().equals(id))
                        .map(ChangeView::of)
                        .toList();
    }

    private Found<ChangeView> events(ResourceId id, Instant now) {
        try {
            return new Found<>(
                    history.events(id, null, EVENTS).items().stream()
                            .map(event -> ChangeView.of(event, now))
                            .toList(),
                    null);
        } catch (UnavailableException e) {
            return new Found<>(null, e.getMessage());
        }
    }

    private List<BuildRunView> builds(ResourceId id, Instant now) {
        if (board.buildOf(id) == null) {
            return List.of();
        }
        try {
            return builds.builds(id, null, BUILDS).items().stream()
                    .map(build -> BuildRunView.of(build, now))
                    .toList();
        } catch (UnavailableException e) {
            return List.of(); // the events say that the database is away
        }
    }

    private Found<String> log(ResourceId id) {
        try {
            if (id.kind() == Kind.App) {
                return new Found<>(logs.tail(id.name(), LINES), null);
            }
            return new Found<>(id.kind() == Kind.Job ? logs.tail(id, LINES) : null, null);
        } catch (UnavailableException e) {
            return new Found<>(null, e.getMessage());
        }
    }
}

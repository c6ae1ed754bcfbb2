package dev.berth.webapp.api;

import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ResourceStatus;
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
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code resources}: how each resource stands after the newest pass. */
@Path("/api/v1/resources")
@Produces(Answers.JSON)
@Dependent
public class ResourcesApi {
    private final StatusBoard board;

    /**
     * A page of resources, ordered by id.
     *
     * @param pass the pass that the statuses are of; {@code null} before the first
     * @param asOf when that pass began
     * @param restored true when it was made before this process started
     * @param revision the config commit wanted; empty when none could be read
     * @param problems of the whole repo
     */
    public record Listing(
            @Nullable String pass,
            @Nullable Instant asOf,
            boolean restored,
            @Nullable String revision,
            List<String> problems,
            List<ResourceStatus> items,
            @Nullable String next) {}

    @Inject
    public ResourcesApi(StatusBoard board) {
        this.board = board;
    }

    @GET
    public Response list(
            @Context Request request,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue("200") int limit) {
        StatusBoard.Posting posting = board.newest();
        if (posting == null) {
            return Answers.json(
                    request, new Listing(null, null, false, null, List.of(), List.of(), null));
        }
        ResourceId after = cursor == null ? null : Listings.read(() -> ResourceId.parse(cursor));
        int most = Listings.limit(limit);
        List<ResourceStatus> found =
                posting.pass().resources().stream()
                        .sorted(java.util.Comparator.comparing(ResourceStatus::id))
                        .filter(r -> after == null || r.id().compareTo(after) > 0)
                        .limit(most + 1L)
                        .toList();
        List<ResourceStatus> shown = found.subList(0, Math.min(most, found.size()));
        return Answers.json(
                request,
                new Listing(
                        posting.pass().id(),
                        posting.pass().startedAt(),
                        posting.restored(),
                        posting.pass().revision(),
                        posting.pass().problems(),
                        shown,
                        found.size() > most ? shown.getLast().id().toString() : null));
    }

    @GET
    @Path("{kind}/{name}")
    public Response one(
            @Context Request request,
            @PathParam("kind") String kind,
            @PathParam("name") String name) {
        ResourceStatus status = board.resource(Listings.resource(kind, name));
        if (status == null) {
            throw new NotFoundException(
                    "There is no resource %s/%s in the config repo".formatted(kind, name));
        }
        return Answers.json(request, status);
    }
}

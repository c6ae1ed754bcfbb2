package dev.berth.webapp.api;

import dev.berth.reconciler.status.StatusBoard;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code previews}: what pull requests and branches are to apps that have previews. */
@Path("/api/v1/previews")
@Produces(Answers.JSON)
@Dependent
public class PreviewsApi {
    private final StatusBoard board;

    /**
     * All of an app, or of all apps.
     *
     * @param asOf when the newest pass began; {@code null} before the first
     * @param restored true when that pass was made before this process started: it has none then,
     *     whatever there is
     * @param items by app
     */
    public record Listing(@Nullable Instant asOf, boolean restored, List<PreviewStatus> items) {}

    @Inject
    public PreviewsApi(StatusBoard board) {
        this.board = board;
    }

    @GET
    public Response list(@Context Request request, @QueryParam("app") @Nullable String app) {
        return Answers.json(request, listing(app));
    }

    /** What is answered. */
    Listing listing(@Nullable String app) {
        StatusBoard.Posting posting = board.newest();
        if (posting == null) {
            return new Listing(null, false, List.of());
        }
        ResourceId whose = app == null ? null : ResourceId.app(app);
        return new Listing(
                posting.pass().startedAt(),
                posting.restored(),
                posting.pass().previews().stream()
                        .filter(preview -> whose == null || preview.app().equals(whose))
                        .toList());
    }
}

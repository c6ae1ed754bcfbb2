package dev.berth.webapp.api;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.BuildLogReader;
import dev.berth.reconciler.build.kept.Builds;
import dev.berth.webapp.http.Answers;
import dev.berth.webapp.stream.BuildLogStreams;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import org.jspecify.annotations.Nullable;

/** {@code builds/{id}/log}: what a build wrote, by now or live. */
@Path("/api/v1/builds/{id}/log")
@Dependent
public class BuildLogApi {
    private final Builds builds;
    private final BuildLogReader logs;
    private final BuildLogStreams streams;

    @Inject
    public BuildLogApi(Builds builds, BuildLogReader logs, BuildLogStreams streams) {
        this.builds = builds;
        this.logs = logs;
        this.streams = streams;
    }

    @GET
    @Produces(Answers.TEXT)
    public Response text(@PathParam("id") String id) throws UnavailableException {
        check(id);
        if (!logs.has(id)) {
            throw new NotFoundException(
                    "Build %s wrote nothing yet, or wrote it on another machine".formatted(id));
        }
        StreamingOutput body = out -> logs.copyTo(id, out);
        return Response.ok(body).cacheControl(Answers.noStore()).build();
    }

    /**
     * See {@link BuildLogStreams} for the events.
     *
     * @param lastEvent the id of the last event that the client got, from any connection
     * @param after likewise, for who begins with what he read elsewhere
     */
    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS + ";qs=0.5")
    public void stream(
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.LAST_EVENT_ID_HEADER) @Nullable String lastEvent,
            @QueryParam("after") @Nullable String after,
            @Context SseEventSink sink,
            @Context Sse sse)
            throws UnavailableException {
        check(id);
        streams.open(id, lastEvent == null ? after : lastEvent, sink, sse);
    }

    private void check(String id) throws UnavailableException {
        if (builds.build(id).isEmpty()) {
            throw new NotFoundException("There is no build " + id);
        }
    }
}

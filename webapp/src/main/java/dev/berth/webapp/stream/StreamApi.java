package dev.berth.webapp.stream;

import dev.berth.reconciler.answer.UnavailableException;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;

/** {@code stream}: see {@link StreamHub} for the events. */
@Path("/api/v1/stream")
@Dependent
public class StreamApi {
    private final StreamHub hub;

    @Inject
    public StreamApi(StreamHub hub) {
        this.hub = hub;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void open(@Context SseEventSink sink, @Context Sse sse) throws UnavailableException {
        hub.open(sink, sse);
    }
}

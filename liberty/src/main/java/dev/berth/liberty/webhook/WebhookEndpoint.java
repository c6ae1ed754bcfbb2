package dev.berth.liberty.webhook;

import dev.berth.reconciler.webhook.Receipt;
import dev.berth.reconciler.webhook.WebhookInbox;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.Instance;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes deliveries of webhooks and answers at once: the look that one brings on goes on by itself.
 * What is said to who has not shown to know a secret is the same whatever config names, but where
 * it names no forge of that type, nothing is read first.
 */
@Path(Instance.Webhook.PATH)
@Dependent
public class WebhookEndpoint {
    private static final long LATER_SECONDS = 30;

    private final WebhookInbox inbox;

    @Inject
    public WebhookEndpoint(WebhookInbox inbox) {
        this.inbox = inbox;
    }

    /** What a sender is told when it got through. */
    private record Pong(boolean pong) {}

    /** What it is told when its delivery was taken; nothing of coalescing unless it was. */
    private record Taken(String run, @Nullable Boolean coalesced) {}

    @POST
    public Response deliver(@Context HttpHeaders headers, InputStream body) {
        return switch (receive(headers, body)) {
            case Receipt.Pong() -> answer(Response.Status.OK, new Pong(true));
            case Receipt.Accepted(String run, boolean coalesced) ->
                    answer(Response.Status.ACCEPTED, new Taken(run, coalesced ? true : null));
            case Receipt.Unsigned() ->
                    throw new NotAuthorizedException(
                            "The delivery is not signed by a secret that this Berth knows",
                            "Signature");
            case Receipt.Unnamed() ->
                    throw new NotFoundException("Nothing here is made of that repo");
            case Receipt.Unreadable(String why) ->
                    throw new BadRequestException("The delivery can't be read: " + why);
            case Receipt.TooLarge() ->
                    throw new ClientErrorException(
                            "A delivery may have %d MiB".formatted(WebhookInbox.MOST_BYTES >> 20),
                            Response.Status.REQUEST_ENTITY_TOO_LARGE);
            case Receipt.TooSlow() ->
                    throw new ClientErrorException(
                            "The body did not come in time", Response.Status.REQUEST_TIMEOUT);
            case Receipt.NotReady() ->
                    throw new ServiceUnavailableException("Config was not read yet", LATER_SECONDS);
            case Receipt.Busy() ->
                    throw new ServiceUnavailableException(
                            "Too much is delivered at once", LATER_SECONDS);
        };
    }

    private Receipt receive(HttpHeaders headers, InputStream body) {
        try {
            return inbox.receive(name -> first(headers, name), body, length(headers));
        } catch (IOException e) {
            throw new BadRequestException("The body broke off", e);
        }
    }

    private static @Nullable String first(HttpHeaders headers, String name) {
        List<String> values = headers.getRequestHeader(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    private static long length(HttpHeaders headers) {
        String text = first(headers, HttpHeaders.CONTENT_LENGTH);
        return text == null || !text.matches("[0-9]{1,18}") ? -1 : Long.parseLong(text);
    }

    private static Response answer(Response.Status status, Object said) {
        return Response.status(status)
                .type(Answers.JSON)
                .entity(Json.write(said))
                .cacheControl(Answers.noStore())
                .build();
    }
}

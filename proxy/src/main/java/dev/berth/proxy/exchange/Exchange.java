package dev.berth.proxy.exchange;

import dev.berth.proxy.app.AppState;
import dev.berth.proxy.encode.BodyEncoder;
import dev.berth.proxy.http.ErrorPage;
import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.HostNames;
import dev.berth.proxy.http.HttpDate;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.StartingPage;
import dev.berth.proxy.limit.BodyProgress;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.routing.Asked;
import dev.berth.proxy.routing.Place;
import dev.berth.proxy.routing.Routed;
import dev.berth.proxy.routing.RoutingPath;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import dev.berth.telemetry.intake.AccessRecord.Event;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. It is opened when a checked head has come in, finds out what answers,
 * lets that write to the client, and ends exactly once: answered, failed with an error page, or
 * cut. Its end writes the access log. Confined to the event loop.
 */
public final class Exchange {
    static final Responder NOTHING = new Responder.Discarding();

    private final EdgeLoop loop;
    private final ClientStream client;
    private final RequestHead request;
    private final AccessEntry entry;
    private final Asked asked;
    private @Nullable Route route;
    private @Nullable AppState used;
    private int tableSeen;
    private @Nullable Waiting waiting;
    private @Nullable BodyProgress progress;
    private Responder responder = NOTHING;
    private @Nullable EncodedBody encoded;
    private boolean headSent;
    private boolean ended;

    /** An exchange that has not begun. */
    public Exchange(EdgeLoop loop, ClientStream client, RequestHead request) {
        this.loop = loop;
        this.client = client;
        this.request = request;
        this.entry = new AccessEntry(loop, request);
        this.asked = new Asked(request.host(), RoutingPath.of(request.uri()), request.headers());
    }

    // ---- what the client's side tells

    /** Finds out what answers and lets it begin. */
    public void begin() {
        if (request.bodyLength() != 0) {
            client.await(Wait.RequestBody);
        }
        Place place = loop.router().place(asked.host(), asked.path());
        if (place == null) {
            dispatch(new Routed.Nowhere());
            return;
        }
        route = place.route();
        entry.route(place.route());
        if (policy().redirectHttps() && !secure()) {
            redirect("https://" + request.host() + httpsPort() + pathAndQuery());
            return;
        }
        if (place.guards().isEmpty()) {
            admitted();
        } else {
            Admission.ask(place.guards(), request, loop, client, gate());
        }
    }

    private void admitted() {
        used = loop.apps().of(route == null ? null : route.app());
        used.activity().begun();
        noteTable();
        dispatch(loop.router().route(asked, Set.of(), loop.random()));
    }

    private Admission.Gate gate() {
        return new Admission.Gate() {
            @Override
            public void passes(List<HttpContent> body) {
                responder = NOTHING;
                admitted();
                if (!body.isEmpty()) {
                    feed(body);
                }
            }

            @Override
            public void refuses(Failure failure, String detail, Map<String, String> fields) {
                fail(failure, detail, fields);
                client.flush();
            }

            @Override
            public void waits(Responder meanwhile) {
                responder = meanwhile;
            }

            @Override
            @SuppressWarnings("ReferenceEquality") // the very one, not one like it
            public boolean stillWaits(Responder meanwhile) {
                return responder == meanwhile;
            }
        };
    }

    /** A piece of the request body; ownership passes. */
    public void content(HttpContent piece) {
        entry.received(piece.content().readableBytes());
        Long most = policy().maxBodyBytes();
        if (most != null && entry.bytesIn() > most && !ended) {
            piece.release();
            fail(Failure.BodyTooLarge, "At most %d bytes are taken.".formatted(most));
            return;
        }
        if (isTooSlow(piece)) {
            piece.release();
            fail(Failure.RequestTimeout, "Its body comes too slowly.");
            return;
        }
        responder.content(piece);
    }

    /**
     * Only a body of a known length that nobody answers yet has to hurry: the others may be a
     * conversation.
     */
    private boolean isTooSlow(HttpContent piece) {
        if (request.bodyLength() <= 0 || headSent || ended || piece instanceof LastHttpContent) {
            return false;
        }
        if (progress == null) {
            progress = new BodyProgress(BodyProgress.SLOWEST);
        }
        return !progress.received(piece.content().readableBytes(), System.nanoTime());
    }

    /** The client is not read for now. */
    void bodyPaused() {
        if (progress != null) {
            progress.paused();
        }
    }

    /** There is no more to read from the client for now. */
    public void readComplete() {
        responder.readComplete();
    }

    /** The client takes bytes again. */
    public void clientWritable() {
        responder.clientWritable();
    }

    /** What was awaited did not come. */
    public void expired(Wait wait) {
        if (wait == Wait.RequestBody) {
            fail(Failure.RequestTimeout, "No more of its body came.");
        } else {
            responder.expired(wait);
        }
    }

    /** The rest of the request breaks a rule. */
    public void reject(Rejection rejection) {
        fail(rejection.failure(), rejection.detail());
    }

    /** The connection to the client is gone. */
    public void clientGone() {
        if (!ended) {
            responder.abort();
            end("client gone");
        }
    }

    /** Answers with an error page, or breaks the answer off if it has begun. */
    public void fail(Failure failure, String detail) {
        fail(failure, detail, Map.of());
    }

    private void fail(Failure failure, String detail, Map<String, String> fields) {
        if (ended) {
            return;
        }
        Responder failed = responder;
        responder = NOTHING;
        failed.abort();
        if (headSent) {
            breakOff(failure.name());
            return;
        }
        ErrorPage page =
                ErrorPage.of(
                        failure,
                        detail,
                        request.id(),
                        request.headers().get(HttpHeaderNames.ACCEPT),
                        policy().errorPages());
        fields.forEach(page.head().headers()::set);
        entry.failed(failure);
        answer(page);
    }

    // ---- what a responder uses

    RequestHead request() {
        return request;
    }

    EdgeLoop loop() {
        return loop;
    }

    ClientStream client() {
        return client;
    }

    AccessEntry entry() {
        return entry;
    }

    /** How it waits for its app. */
    Waiting waiting() {
        Waiting present = waiting;
        if (present == null) {
            present = new Waiting(this);
            waiting = present;
        }
        return present;
    }

    /** What is routed from now on is by the present table, or a newer one. */
    void noteTable() {
        tableSeen = loop.router().tables();
    }

    /** The number of the table by which the request was routed. */
    int tableSeen() {
        return tableSeen;
    }

    /** This takes from now on what comes. */
    void stand(Responder other) {
        responder = other;
    }

    /** Gives what was kept of the body to what answers now. */
    void feed(List<HttpContent> held) {
        bodyPaused();
        held.forEach(piece -> responder.content(piece));
        responder.readComplete();
        client.flush();
    }

    /** Answers with the page of an app that starts. */
    void answer(StartingPage page) {
        respond(page.head(), true);
        finish(new DefaultLastHttpContent(page.body()));
    }

    /** Where the request was asked to go. */
    Asked asked() {
        return asked;
    }

    /** What is kept of its app. */
    AppState appState() {
        return used == null ? loop.apps().of(null) : used;
    }

    /** How its route treats it. */
    Policy policy() {
        return route == null ? Policy.NONE : route.policy();
    }

    /** Its route, before canaries; {@code null} when there is none. */
    @Nullable Route route() {
        return route;
    }

    /** Whether the client sent it over https. */
    boolean secure() {
        return request.scheme().equals("https");
    }

    boolean headSent() {
        return headSent;
    }

    /** Goes where a look-up led. */
    void dispatch(Routed routed) {
        responder = NOTHING;
        switch (routed) {
            case Routed.Claimed claimed -> {
                entry.route(claimed.route());
                appState().retries().request();
                ProxyResponder proxy = new ProxyResponder(this, claimed.backend());
                responder = proxy;
                proxy.begin();
            }
            case Routed.Files(Route route, var site) -> {
                entry.route(route);
                FileResponder files = new FileResponder(this);
                responder = files;
                files.begin(site, ((Route.Files) route.target()).spa());
            }
            case Routed.Elsewhere(Route route, String host) -> {
                entry.route(route);
                redirect(request.scheme() + "://" + host + port() + pathAndQuery());
            }
            case Routed.NoBackend(Route route, boolean _) -> {
                entry.route(route);
                waiting()
                        .hold(
                                Waiting.SHORT,
                                Failure.NoTarget,
                                "No copy of it is running yet. Try again in a moment.");
            }
            case Routed.Paused(Route route, String reason, Duration most) -> {
                entry.route(route);
                waiting().hold(most, Failure.Unavailable, sentence(reason));
            }
            case Routed.Asleep(Route route, Duration most) -> {
                entry.route(route);
                waiting().wake(route, most);
            }
            case Routed.Unavailable(Route route, String reason) -> {
                entry.route(route);
                fail(Failure.Unavailable, sentence(reason));
            }
            case Routed.Nowhere _ ->
                    fail(Failure.UnknownHost, "No app or domain claims this host and path.");
        }
    }

    /** Writes the final head; what follows is {@link #send} and {@link #finish}. */
    void respond(HttpResponse head, boolean hasBody) {
        headSent = true;
        entry.answered(head.status().code());
        head.headers().set("X-Request-Id", request.id());
        if (!head.headers().contains(HttpHeaderNames.DATE)) {
            head.headers().set(HttpHeaderNames.DATE, HttpDate.format(loop.clock().instant()));
        }
        ResponseFields.apply(policy(), secure(), head.headers());
        client.head(head, hasBody);
    }

    /** Writes the final head of an app, whose body may be compressed on its way. */
    void relay(HttpResponse head, boolean hasBody) {
        if (hasBody && policy().compress()) {
            BodyEncoder encoder = Compression.start(loop.encodedFiles().encoders(), request, head);
            encoded = encoder == null ? null : new EncodedBody(encoder);
        }
        respond(head, hasBody);
    }

    /** Writes a piece of the answer's body. */
    void send(HttpContent piece) {
        HttpContent sent = encoded == null ? piece : encoded.piece(piece);
        entry.sent(sent.content().readableBytes());
        client.body(sent);
    }

    /** Ends the answer. */
    void finish(LastHttpContent plain) {
        LastHttpContent last = encoded == null ? plain : encoded.last(plain);
        entry.sent(last.content().readableBytes());
        responder = NOTHING;
        client.awaitNothing();
        end("complete");
        client.end(last);
    }

    /** Breaks the answer off. */
    public void breakOff(String why) {
        if (ended) {
            return;
        }
        responder.abort();
        responder = NOTHING;
        client.awaitNothing();
        end(why);
        client.cut();
    }

    /** Sends the client to another address. */
    void redirect(String location) {
        HttpResponse response =
                new DefaultHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.PERMANENT_REDIRECT);
        response.headers()
                .set(HttpHeaderNames.LOCATION, location)
                .set(HttpHeaderNames.CONTENT_LENGTH, 0);
        respond(response, true);
        finish(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** The exchange has become a tunnel, which ends with {@link #tunnelClosed}. */
    void tunnelOpened() {
        headSent = true;
        ended = true;
        responder = NOTHING;
        entry.answered(101);
        entry.log(Event.UpgradeStart, "open");
    }

    /** Both ways are closed. */
    void tunnelClosed(long received, long sent, String why) {
        noLongerUsed();
        entry.received(received);
        entry.sent(sent);
        entry.log(Event.UpgradeEnd, why);
    }

    private void answer(ErrorPage page) {
        respond(page.head(), !request.isHead());
        if (request.isHead()) {
            page.body().release();
            finish(LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            finish(new DefaultLastHttpContent(page.body()));
        }
    }

    private String pathAndQuery() {
        return request.uri().startsWith("/") ? request.uri() : "/";
    }

    /** Who named a port came to it directly; who named none came by the standard one. */
    private String httpsPort() {
        return port().isEmpty() ? "" : ":" + loop.httpsPort().getAsInt();
    }

    private String port() {
        String host = request.headers().get(HttpHeaderNames.HOST);
        return host == null ? "" : HostNames.portSuffix(host);
    }

    private void end(String why) {
        ended = true;
        noLongerUsed();
        if (encoded != null) {
            encoded.close();
        }
        entry.log(Event.Request, why);
    }

    private void noLongerUsed() {
        if (used != null) {
            used.activity().ended();
            used = null;
        }
    }

    private static String sentence(String reason) {
        if (reason.isEmpty()) {
            return "";
        }
        String start = Character.toUpperCase(reason.charAt(0)) + reason.substring(1);
        return start.endsWith(".") ? start : start + ".";
    }
}

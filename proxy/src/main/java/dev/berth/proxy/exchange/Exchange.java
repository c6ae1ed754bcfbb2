package dev.berth.proxy.exchange;

import dev.berth.proxy.app.AppState;
import dev.berth.proxy.encode.BodyEncoder;
import dev.berth.proxy.guard.Verdict;
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
    private static final Responder NOTHING = new Responder.Discarding();
    private static final Duration MOMENT = Duration.ofSeconds(15);
    private static final Duration SHORT_HOLD = Duration.ofSeconds(5);

    private final EdgeLoop loop;
    private final ClientStream client;
    private final RequestHead request;
    private final AccessEntry entry;
    private final Asked asked;
    private final BodyProgress progress = new BodyProgress(BodyProgress.SLOWEST);
    private @Nullable Route route;
    private @Nullable AppState used;
    private int tableSeen;
    private boolean heldBefore;
    private long heldUntil;
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
        used = loop.apps().of(route.app());
        used.activity().begun();
        entry.route(place.route());
        admit(place.guards().check(request));
    }

    private void admit(Verdict verdict) {
        switch (verdict) {
            case Verdict.Pass _ -> {
                noteTable();
                dispatch(loop.router().route(asked, Set.of(), loop.random()));
            }
            case Verdict.Refused(Failure failure, String detail, var fields) ->
                    fail(failure, detail, fields);
            case Verdict.Later(var answer) -> {
                HoldResponder holding = new HoldResponder(client, loop.memory(), () -> {});
                responder = holding;
                answer.thenAccept(late -> loop.pool().loop().execute(() -> resume(holding, late)));
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very hold, not one like it
    private void resume(HoldResponder holding, Verdict verdict) {
        if (responder == holding) {
            List<HttpContent> held = holding.take();
            responder = NOTHING;
            admit(verdict);
            feed(held);
        }
    }

    private void feed(List<HttpContent> held) {
        held.forEach(piece -> responder.content(piece));
        responder.readComplete();
        client.flush();
    }

    /** Holds the request until its route leads to something; else it fails like this. */
    private void hold(Duration most, Failure failure, String detail) {
        long now = System.nanoTime();
        if (!heldBefore) {
            heldBefore = true;
            heldUntil = now + most.toNanos();
        }
        if (heldUntil - now <= 0) {
            fail(failure, detail);
            return;
        }
        Responder holding =
                Hold.begin(
                        this,
                        Duration.ofNanos(heldUntil - now),
                        tableSeen,
                        new Hold.Held() {
                            @Override
                            public void goesOn(Routed routed, List<HttpContent> body) {
                                dispatch(routed);
                                feed(body);
                            }

                            @Override
                            public void expired() {
                                fail(failure, detail);
                                client.flush();
                            }
                        });
        if (holding == null) {
            fail(Failure.TooManyHeld, "Try again in a moment.");
        } else {
            responder = holding;
            client.awaitNothing();
        }
    }

    /**
     * Every backend refuses, and nothing was sent to any. An app that answered a moment ago is
     * being replaced: the request waits for that.
     *
     * @param body what was kept of it
     */
    void waitForAnother(Failure failure, String detail, List<HttpContent> body) {
        responder = NOTHING;
        if (appState().activity().answeredWithin(MOMENT.toNanos())) {
            hold(SHORT_HOLD, failure, detail);
        } else {
            fail(failure, detail);
        }
        feed(body);
    }

    /** What is routed from now on is by the present table, or a newer one. */
    void noteTable() {
        tableSeen = loop.router().tables();
    }

    private void wake(Route asleep, Duration hold) {
        String app = asleep.app();
        if (app != null) {
            loop.apps().wakes().ask(app);
        }
        if (StartingPage.suits(request)) {
            StartingPage page = StartingPage.of(request.id());
            entry.failed(Failure.NoTarget);
            respond(page.head(), true);
            finish(new DefaultLastHttpContent(page.body()));
        } else {
            hold(hold, Failure.NoTarget, "It was asleep and did not start in time.");
        }
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
        return request.bodyLength() > 0
                && !headSent
                && !ended
                && !(piece instanceof LastHttpContent)
                && !progress.received(piece.content().readableBytes(), System.nanoTime());
    }

    /** The client is not read for now. */
    void bodyPaused() {
        progress.paused();
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
        return "https".equals(request.headers().get("X-Forwarded-Proto"));
    }

    boolean headSent() {
        return headSent;
    }

    /** Goes where a look-up led. */
    void dispatch(Routed routed) {
        responder = NOTHING;
        route = routed.route();
        if (route != null && mustBeHttps(route)) {
            entry.route(route);
            redirect("https://" + request.host() + httpsPort() + pathAndQuery());
            return;
        }
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
                hold(
                        SHORT_HOLD,
                        Failure.NoTarget,
                        "No copy of it is running yet. Try again in a moment.");
            }
            case Routed.Paused(Route route, String reason, Duration most) -> {
                entry.route(route);
                hold(most, Failure.Unavailable, sentence(reason));
            }
            case Routed.Asleep(Route route, Duration most) -> {
                entry.route(route);
                wake(route, most);
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
        if (route != null && secure()) {
            StrictTransport.add(route.https(), head.headers());
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

    private boolean mustBeHttps(Route to) {
        return to.https().redirect() && request.scheme().equals("http");
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

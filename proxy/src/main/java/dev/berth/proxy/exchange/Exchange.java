package dev.berth.proxy.exchange;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.routing.BackendLoad;
import dev.berth.proxy.routing.Place;
import dev.berth.proxy.routing.Routed;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import java.util.Map;
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
    private final Answer answer;
    private final BodyRules bodyRules;
    private final Destination destination;
    private @Nullable Waiting waiting;
    private Responder responder = NOTHING;
    private boolean ended;

    /** An exchange that has not begun. */
    public Exchange(EdgeLoop loop, ClientStream client, RequestHead request) {
        this.loop = loop;
        this.client = client;
        this.request = request;
        this.entry = new AccessEntry(loop, request);
        this.destination = new Destination(loop, request);
        this.answer = new Answer(loop, client, request, entry, destination);
        this.bodyRules = new BodyRules(request);
    }

    // ---- what the client's side tells

    /**
     * Finds out what answers and lets it begin. A certificate authority is answered before all
     * else: it asks on hosts that have no route yet, and comes past no guard.
     */
    public void begin() {
        if (request.bodyLength() != 0) {
            client.await(Wait.RequestBody);
        }
        String proof = loop.challenges().answer(request.uri());
        if (proof != null && (request.method().equals(HttpMethod.GET) || request.isHead())) {
            finish(answer.text(proof));
        } else {
            admit();
        }
    }

    /** Goes where its route leads by the newest table, if the guards there let it. */
    void admit() {
        Place place = destination.find();
        if (place == null) {
            Dispatch.of(this, new Routed.Nowhere());
            return;
        }
        entry.route(place.route());
        if (goesToHttps(place.route())) {
            finish(answer.redirect(locations().overHttps(place.route().policy().redirectHttps())));
        } else {
            Admission.ask(this, place);
        }
    }

    /**
     * A redirect finds its way to https by itself, unless its own host must be seen there first.
     */
    private boolean goesToHttps(Route route) {
        return !request.secure()
                && (route.policy().redirectHttps()
                        || (route.policy().redirectHttpsOnceCertified()
                                && !(route.target() instanceof Route.Redirect)
                                && loop.tls().certified(request.host())));
    }

    /** No guard minds: goes where its route leads. */
    void admitted(Place place) {
        destination.passed(place);
        if (destination.prefix().fits()) {
            follow(destination.look());
        } else {
            fail(Failure.PathUnfit, "Its path is written in another way than that of its route.");
        }
    }

    /**
     * Goes where the last look-up led. If that was by a newer table, and its route does not let the
     * request in as it is, it is admitted there first.
     */
    void follow(Routed routed) {
        if (destination.admitted()) {
            Dispatch.of(this, routed);
            return;
        }
        if (routed instanceof Routed.Claimed(_, BackendLoad backend)) {
            backend.leave();
        }
        admit();
    }

    /** A piece of the request body; ownership passes. */
    public void content(HttpContent piece) {
        entry.received(piece.content().readableBytes());
        Rejection broken =
                ended
                        ? null
                        : bodyRules.check(
                                piece, entry.bytesIn(), policy().maxBodyBytes(), answer.begun());
        if (broken == null) {
            responder.content(piece);
        } else {
            piece.release();
            reject(broken);
        }
    }

    /** The client is not read for now. */
    void bodyPaused() {
        bodyRules.paused();
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

    /**
     * The same, with header fields of the answer.
     *
     * @param fields set if there is an error page
     */
    void fail(Failure failure, String detail, Map<String, String> fields) {
        if (ended) {
            return;
        }
        Responder failed = responder;
        responder = NOTHING;
        failed.abort();
        if (answer.begun()) {
            breakOff(failure.name());
            return;
        }
        finish(answer.failure(failure, detail, fields));
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

    /** What is written to the client. */
    Answer answer() {
        return answer;
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

    /** This takes from now on what comes, and first what was kept of the body so far. */
    void stand(Responder other) {
        List<HttpContent> kept = responder.take();
        responder = other;
        bodyPaused();
        kept.forEach(other::content);
    }

    /** What takes now what comes. */
    Responder standing() {
        return responder;
    }

    /** Nothing is being read that would send at its end what was written after a wait. */
    void goesOn() {
        responder.readComplete();
        client.flush();
    }

    /** What still comes of the body is read to be thrown away, though a wait had stopped it. */
    void discardsBody() {
        if (!ended) {
            client.read(true);
        }
    }

    /** Where it may be sent on to. */
    Locations locations() {
        return new Locations(
                request, destination.prefix().written(), loop.httpsPort(), loop.tls()::certified);
    }

    /** Where its route leads. */
    Destination destination() {
        return destination;
    }

    /** How its route treats it. */
    Policy policy() {
        return destination.policy();
    }

    /** Ends the answer. */
    void finish(LastHttpContent plain) {
        LastHttpContent last = answer.last(plain);
        stand(NOTHING);
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

    /** The exchange has become a tunnel, which ends with {@link #tunnelClosed}. */
    void tunnelOpened() {
        ended = true;
        responder = NOTHING;
        answer.becomesTunnel();
        entry.tunnelBegins();
    }

    /** Both ways are closed. */
    void tunnelClosed(long received, long sent, String why) {
        destination.leave();
        entry.received(received);
        entry.sent(sent);
        entry.tunnelEnded(why);
    }

    private void end(String why) {
        ended = true;
        destination.leave();
        answer.close();
        entry.ended(why);
    }
}

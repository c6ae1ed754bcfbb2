package dev.berth.proxy.exchange;

import dev.berth.proxy.app.HeldRequests;
import dev.berth.proxy.routing.Routed;
import dev.berth.proxy.routing.Router;
import dev.berth.schemas.edge.Route;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one request until what its route leads to is there, or a deadline passes. Whatever keeps an
 * app away for a moment is waited for in this one way: it sleeps, it is paused, nothing of it runs
 * yet, or all of it refuses connections while it is being replaced. Each new table of routes is
 * looked at; at most so many requests of an app are held. Confined to the event loop, but for being
 * told of new tables.
 */
final class Hold {
    private final Exchange exchange;
    private final Held held;
    private final HeldRequests places;
    private final EventLoop loop;
    private final Router router;
    private final Runnable onTable;
    private final HoldResponder responder;
    private final long began = System.nanoTime();
    private @Nullable Future<?> deadline;

    private Hold(Exchange exchange, Held held) {
        this.exchange = exchange;
        this.held = held;
        this.places = exchange.destination().app().held();
        this.loop = exchange.loop().pool().loop();
        this.router = exchange.loop().router();
        this.onTable = () -> loop.execute(this::look);
        this.responder =
                new HoldResponder(exchange.client(), exchange.loop().memory(), this::ended);
    }

    /** Told how it ends. Called on the loop. */
    interface Held {
        /**
         * The request can go on; what was held is still to be taken over.
         *
         * @param routed a backend in it counts the request
         */
        void goesOn(Routed routed);

        /** The time is over; what was held is still to be let go. */
        void expired();
    }

    /**
     * Holds the exchange.
     *
     * @param seen the number of the table that was of no use
     * @return what stands in for an answer; {@code null} when too many are held
     */
    static @Nullable Responder begin(Exchange exchange, Duration most, int seen, Held held) {
        Hold hold = new Hold(exchange, held);
        if (!hold.places.enter()) {
            return null;
        }
        hold.router.onReplaced(hold.onTable);
        hold.deadline = hold.loop.schedule(hold::expire, most.toMillis(), TimeUnit.MILLISECONDS);
        if (hold.router.tables() != seen) {
            hold.loop.execute(hold::look);
        }
        return hold.responder;
    }

    private void look() {
        if (deadline == null) {
            return;
        }
        Routed routed = exchange.destination().look();
        switch (routed) {
            case Routed.Asleep(Route route, Duration _) when route.app() != null ->
                    exchange.loop().apps().wakes().ask(route.app());
            case Routed.Paused _, Routed.Asleep _, Routed.NoBackend _ -> {
                // not yet
            }
            case Routed.Claimed _,
                    Routed.Files _,
                    Routed.Elsewhere _,
                    Routed.Nowhere _,
                    Routed.Unavailable _ ->
                    held.goesOn(routed);
        }
    }

    private void expire() {
        if (deadline != null) {
            held.expired();
        }
    }

    private void ended() {
        Future<?> pending = deadline;
        deadline = null;
        if (pending != null) {
            var _ = pending.cancel(false);
        }
        router.noLongerOnReplaced(onTable);
        exchange.entry().held(System.nanoTime() - began);
        places.leave();
    }
}

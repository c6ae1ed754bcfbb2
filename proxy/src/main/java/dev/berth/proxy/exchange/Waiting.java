package dev.berth.proxy.exchange;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.StartingPage;
import dev.berth.proxy.routing.Routed;
import dev.berth.schemas.edge.Route;
import java.time.Duration;

/**
 * How one exchange waits for its app, once or more often, but never longer than it was allowed at
 * first. Confined to the event loop.
 */
final class Waiting {
    /** For an app of which nothing runs, or that has just gone. */
    static final Duration SHORT = Duration.ofSeconds(5);

    /** An app that answered this long ago is being replaced; one that did not is broken. */
    private static final Duration MOMENT = Duration.ofSeconds(15);

    private final Exchange exchange;
    private boolean begun;
    private long until;

    Waiting(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Holds the request until its route leads to something; else it fails like this. */
    void hold(Duration most, Failure failure, String detail) {
        long now = System.nanoTime();
        if (!begun) {
            begun = true;
            until = now + most.toNanos();
        }
        if (until - now <= 0) {
            exchange.fail(failure, detail);
            return;
        }
        Responder holding =
                Hold.begin(
                        exchange,
                        Duration.ofNanos(until - now),
                        exchange.destination().tableSeen(),
                        new Hold.Held() {
                            @Override
                            public void goesOn(Routed routed) {
                                arrived(routed);
                            }

                            @Override
                            public void expired() {
                                exchange.entry().holdExpired();
                                exchange.fail(failure, detail);
                                exchange.client().flush();
                            }
                        });
        if (holding == null) {
            exchange.fail(Failure.TooManyHeld, "Try again in a moment.");
        } else {
            exchange.stand(holding);
            exchange.client().awaitNothing();
        }
    }

    /** What it waited for is there. */
    private void arrived(Routed routed) {
        exchange.follow(routed);
        exchange.goesOn();
    }

    /** Every backend refuses, and nothing was sent to any. */
    void forAnother(Failure failure, String detail) {
        if (exchange.destination().app().activity().answeredWithin(MOMENT.toNanos())) {
            hold(SHORT, failure, detail);
        } else {
            exchange.fail(failure, detail);
        }
        exchange.goesOn();
    }

    /** Has the app woken: a person sees a page meanwhile, a program waits. */
    void wake(Route asleep, Duration most) {
        String app = asleep.app();
        if (app != null) {
            exchange.loop().apps().wakes().ask(app);
        }
        if (StartingPage.suits(exchange.request())) {
            exchange.entry().failed(Failure.NoTarget);
            StartingPage page = StartingPage.of(exchange.request().id());
            exchange.finish(exchange.answer().page(page.head(), page.body()));
        } else {
            hold(most, Failure.NoTarget, "It was asleep and did not start in time.");
        }
    }
}

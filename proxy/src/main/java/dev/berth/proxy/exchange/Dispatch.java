package dev.berth.proxy.exchange;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.routing.Routed;
import dev.berth.schemas.edge.Route;
import java.time.Duration;

/** Has an exchange answered by what its route leads to. */
final class Dispatch {
    private Dispatch() {}

    /** Goes where a look-up led. */
    static void of(Exchange exchange, Routed routed) {
        switch (routed) {
            case Routed.Claimed claimed -> {
                answers(exchange, claimed.route());
                exchange.destination().app().retries().request();
                ProxyResponder proxy = new ProxyResponder(exchange, claimed.backend());
                exchange.stand(proxy);
                proxy.begin();
            }
            case Routed.Files(Route route, var site) -> {
                answers(exchange, route);
                FileResponder files = new FileResponder(exchange);
                exchange.stand(files);
                files.begin(site, ((Route.Files) route.target()).spa());
                exchange.discardsBody();
            }
            case Routed.Elsewhere(Route route, String host) -> {
                answers(exchange, route);
                exchange.finish(exchange.answer().redirect(exchange.locations().onHost(host)));
            }
            case Routed.NoBackend(Route route) -> {
                answers(exchange, route);
                exchange.waiting()
                        .hold(
                                Waiting.SHORT,
                                Failure.NoTarget,
                                "No copy of it is running yet. Try again in a moment.");
            }
            case Routed.Paused(Route route, String reason, Duration most) -> {
                answers(exchange, route);
                exchange.waiting().hold(most, Failure.Unavailable, sentence(reason));
            }
            case Routed.Asleep(Route route, Duration most) -> {
                answers(exchange, route);
                exchange.waiting().wake(route, most);
            }
            case Routed.Unavailable(Route route, String reason) -> {
                answers(exchange, route);
                exchange.fail(Failure.Unavailable, sentence(reason));
            }
            case Routed.Nowhere _ ->
                    exchange.fail(
                            Failure.UnknownHost, "No app or domain claims this host and path.");
        }
    }

    private static void answers(Exchange exchange, Route route) {
        exchange.entry().route(route);
        exchange.destination().enter(route);
    }

    private static String sentence(String reason) {
        if (reason.isEmpty()) {
            return "";
        }
        String start = Character.toUpperCase(reason.charAt(0)) + reason.substring(1);
        return start.endsWith(".") ? start : start + ".";
    }
}

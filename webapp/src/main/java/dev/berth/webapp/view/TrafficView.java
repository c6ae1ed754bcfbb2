package dev.berth.webapp.view;

import dev.berth.schemas.status.TrafficStatus;
import java.time.Duration;
import java.util.List;

/**
 * How the edge serves an app, for its page.
 *
 * @param inFlight {@code 3 requests, 1 of them a stream}
 * @param lastRequest {@code 4 min ago}
 * @param routes by host and path
 */
public record TrafficView(String inFlight, String lastRequest, List<RouteView> routes) {
    /**
     * One place that leads to the app.
     *
     * @param tone the colour's name in the style sheet
     * @param rules how its requests are treated
     */
    public record RouteView(String place, String to, String tone, List<Rule> rules) {}

    /**
     * A field of {@code spec.traffic} and what it says.
     *
     * @param text empty when the name says it
     */
    public record Rule(String name, String text) {}

    public static TrafficView of(TrafficStatus status) {
        return new TrafficView(
                inFlight(status),
                lastRequest(status),
                status.routes().stream().map(TrafficView::of).toList());
    }

    private static RouteView of(TrafficStatus.RouteStatus route) {
        return new RouteView(
                route.place(),
                route.to(),
                route.asleep() ? "idle" : route.to().startsWith("503") ? "bad" : "good",
                route.policy().entrySet().stream()
                        .map(
                                rule ->
                                        new Rule(
                                                rule.getKey(),
                                                rule.getValue().equals("true")
                                                        ? ""
                                                        : rule.getValue()))
                        .toList());
    }

    private static String inFlight(TrafficStatus status) {
        if (!status.known()) {
            return "unknown: no edge reports";
        }
        String requests =
                status.requests() == 0
                        ? "none"
                        : status.requests() == 1 ? "1 request" : status.requests() + " requests";
        return status.streams() == 0
                ? requests
                : "%s, %d of them open streams".formatted(requests, status.streams());
    }

    private static String lastRequest(TrafficStatus status) {
        Long idle = status.idleSeconds();
        if (idle == null) {
            return "unknown";
        }
        return status.woken()
                ? "waits for it to start"
                : idle == 0 ? "now" : "%s ago".formatted(words(Duration.ofSeconds(idle)));
    }

    private static String words(Duration time) {
        return time.toDays() > 1
                ? time.toDays() + " days"
                : time.toHours() > 1
                        ? time.toHours() + " h"
                        : time.toMinutes() > 1
                                ? time.toMinutes() + " min"
                                : time.toSeconds() + " s";
    }
}

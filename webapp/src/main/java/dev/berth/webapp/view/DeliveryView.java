package dev.berth.webapp.view;

import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Delivery;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A delivery in a list.
 *
 * @param id its anchor on the page
 * @param from who sent it
 * @param what it is about, in a line; {@code null} = it is not known
 * @param state what became of it
 * @param tone the colour's name in the style sheet
 * @param matched whose code it is about
 * @param why it came to that; {@code null} when that is plain
 */
public record DeliveryView(
        String id,
        Moment at,
        String from,
        @Nullable String event,
        @Nullable String repo,
        @Nullable String what,
        String state,
        String tone,
        List<Match> matched,
        @Nullable String why) {
    public DeliveryView {
        matched = List.copyOf(matched);
    }

    /** Whose code. */
    public record Match(String name, String href) {}

    public static DeliveryView of(Delivery delivery, Instant now) {
        return new DeliveryView(
                delivery.id(),
                Moment.of(delivery.last(), now),
                delivery.host() == null
                        ? delivery.provider()
                        : "%s (%s)".formatted(delivery.host(), delivery.provider()),
                delivery.event(),
                delivery.repo(),
                delivery.number() != null ? "#" + delivery.number() : delivery.ref(),
                state(delivery),
                tone(delivery.outcome()),
                delivery.matched().stream().map(DeliveryView::match).toList(),
                delivery.message());
    }

    private static String state(Delivery delivery) {
        String state =
                switch (delivery.outcome()) {
                    case Woke -> "Looked";
                    case Ping -> "Ping";
                    case Ignored -> "Ignored";
                    case Unnamed -> "No such repo";
                    case Unreadable -> "Unreadable";
                    case BadSignature -> "Bad signature";
                    case TooLarge -> "Too large";
                    case TooSlow -> "Too slow";
                    case Busy -> "Not now";
                };
        return delivery.times() == 1 ? state : "%s, %d times".formatted(state, delivery.times());
    }

    private static String tone(Delivery.Outcome outcome) {
        return switch (outcome) {
            case Woke, Ping -> "good";
            case Ignored -> "idle";
            case Unnamed, TooSlow, Busy -> "warn";
            case Unreadable, BadSignature, TooLarge -> "bad";
        };
    }

    private static Match match(ResourceId id) {
        return new Match(
                id.kind() == Kind.Instance ? "config repo" : id.name(),
                "/resources/%s/%s".formatted(id.kind().word(), id.name()));
    }
}

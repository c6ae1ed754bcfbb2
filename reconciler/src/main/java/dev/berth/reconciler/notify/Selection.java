package dev.berth.reconciler.notify;

import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Alert.Event;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What one alert tells of. Pure. */
final class Selection {
    private final Alert alert;
    private final List<Pattern> resources;

    Selection(Alert alert) {
        this.alert = alert;
        this.resources = alert.spec().resources().stream().map(Selection::glob).toList();
    }

    String alert() {
        return alert.metadata().name();
    }

    boolean includes(ResourceId resource) {
        return resources.stream().anyMatch(p -> p.matcher(resource.toString()).matches());
    }

    boolean includes(ReasonCode reason) {
        return alert.spec().on().stream()
                .anyMatch(e -> e == Event.Failed || e.name().equals(reason.name()));
    }

    boolean includesRecovery() {
        return alert.spec().on().contains(Event.Recovered);
    }

    private static Pattern glob(String text) {
        return Pattern.compile(
                Stream.of(text.split("\\*", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")));
    }
}

package dev.berth.reconciler.trigger;

import dev.berth.schemas.config.ResourceId;

/** Something that says "look again". A lost, doubled or reordered trigger changes nothing. */
public sealed interface Trigger {
    /** What woke the loop, for people. */
    default String describe() {
        return switch (this) {
            case Started() -> "Berth started";
            case Poll() -> "poll";
            case RepoChanged(var what) -> "push to " + what;
            case EngineChanged(var app, var action) ->
                    "engine: %s of a container of %s".formatted(action, app);
            case EngineBack() -> "the events of the engine can be followed";
            case EdgeConnected() -> "the edge connected";
            case HistoryRead() -> "what was before Berth started is known";
            case WakeRequested(var app) -> "a request for %s, which sleeps".formatted(app);
            case RetryDue() -> "retry of what failed";
            case StandingChanged() -> "whether this Berth writes has changed";
            case WorkEnded() -> "work has ended that went on after its pass";
            case ScheduleDue() -> "something is due by the clock";
            case CertificateChanged(var host) -> "the certificate of " + host;
        };
    }

    /** The loop begins. */
    record Started() implements Trigger {}

    /** It is time to look at the repos again. */
    record Poll() implements Trigger {}

    /** A repo said that it changed. */
    record RepoChanged(String repo) implements Trigger {}

    /** Something happened to a container. */
    record EngineChanged(ResourceId app, String action) implements Trigger {}

    /** The engine can be watched again; something may have been missed. */
    record EngineBack() implements Trigger {}

    /** An edge is there that was not. */
    record EdgeConnected() implements Trigger {}

    /** How things stood before this process began is known. */
    record HistoryRead() implements Trigger {}

    /** A request came for an app that sleeps. */
    record WakeRequested(ResourceId app) implements Trigger {}

    /** The time has come to try again what failed. */
    record RetryDue() implements Trigger {}

    /** This Berth writes from now on, or does not any more. */
    record StandingChanged() implements Trigger {}

    /** What was begun by an earlier pass has ended, well or not. */
    record WorkEnded() implements Trigger {}

    /** A time has come at which an app has something run, or at which a run is out of time. */
    record ScheduleDue() implements Trigger {}

    /** It stands otherwise with the certificate of a host, and maybe of others. */
    record CertificateChanged(String host) implements Trigger {}
}

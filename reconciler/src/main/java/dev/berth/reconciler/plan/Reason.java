package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.PreviewState;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.preview.Preview;
import java.time.Duration;

/** Why something is changed: the answer to "why did you touch this?". */
public sealed interface Reason {
    /** True when something is gone or was changed that was as it should be. */
    default boolean isLoss() {
        return this instanceof ReplicaMissing
                || this instanceof NotRunning
                || this instanceof Drifted;
    }

    /** One line for people, without full stop. */
    default String text() {
        return switch (this) {
            case FirstDeployment() -> "first deployment";
            case NoneThere() -> "none of its containers is there";
            case FieldChanged(var field, var from, var to) ->
                    "%s changed: %s -> %s".formatted(field, from, to);
            case EnvChanged(var name, var was, var is) ->
                    "env.%s %s".formatted(name, !was ? "added" : is ? "changed" : "removed");
            case SecretChanged(var secret, var place) ->
                    "secret changed: %s (%s)".formatted(secret, place);
            case ReplicaMissing(var process, var slot) ->
                    "%s #%d is missing".formatted(process, slot);
            case NotRunning(var container, var state) -> "%s %s".formatted(container, state);
            case Drifted(var container, var setting, var wanted, var actual) ->
                    "%s was changed by hand: %s is %s, should be %s"
                            .formatted(container, setting, actual, wanted);
            case Superseded(var release) -> "replaced by release " + release;
            case ScaledDown(var process, var replicas) ->
                    "%s is scaled down to %d".formatted(process, replicas);
            case RouteChanged(var route, var from, var to) ->
                    "%s: %s -> %s".formatted(route, from, to);
            case NotYetServing(var container) -> container + " is not in traffic yet";
            case Suspended() -> "suspended";
            case Idle(var after) -> "nobody asked for %d s".formatted(after.toSeconds());
            case PreviewEnded(var why) -> "no preview: " + why;
            case Woken() -> "a request came while it slept";
            case RemovedFromConfig() -> "no longer in the config repo";
            case KeepsServing(var release) ->
                    "release %s goes on serving until the new one works".formatted(release);
            case WentBack(var from, var why) ->
                    "release %s failed after it had taken over: %s".formatted(from, why);
            case Held(var cause) -> cause;
            case Adopted(var container) -> "berth/adopt names container " + container;
            case Confirmed(var id) -> id + " is confirmed in spec.prune.confirm";
        };
    }

    /** Nothing of it lives yet. */
    record FirstDeployment() implements Reason {}

    /** It was begun before, and has no container now. */
    record NoneThere() implements Reason {}

    /** A field of the effective spec differs. */
    record FieldChanged(String field, String from, String to) implements Reason {}

    /**
     * A variable of the environment differs.
     *
     * @param was whether it had a value
     * @param is whether it is to have one
     */
    record EnvChanged(String name, boolean was, boolean is) implements Reason {}

    /**
     * The value of a secret differs; only its name is known here.
     *
     * @param secret {@code api.stripe}
     * @param place where it is used: {@code env.STRIPE_KEY}, {@code /run/secrets/stripe}
     */
    record SecretChanged(String secret, String place) implements Reason {}

    /** A replica has no container. */
    record ReplicaMissing(String process, int slot) implements Reason {}

    /** A container is there and does not run. */
    record NotRunning(String container, String state) implements Reason {}

    /** Somebody changed a running container. */
    record Drifted(String container, String setting, String wanted, String actual)
            implements Reason {}

    /** A newer release serves. */
    record Superseded(String release) implements Reason {}

    /** Fewer replicas are wanted. */
    record ScaledDown(String process, int replicas) implements Reason {}

    /** The edge serves a route otherwise than wanted. */
    record RouteChanged(String route, String from, String to) implements Reason {}

    /** Left by an interrupted rollout, or just started. */
    record NotYetServing(String container) implements Reason {}

    /** {@code suspend: true}. */
    record Suspended() implements Reason {}

    /** {@code sleep.after} has passed. */
    record Idle(Duration after) implements Reason {}

    /** It was asleep and is asked for. */
    record Woken() implements Reason {}

    /** No document declares it. */
    record RemovedFromConfig() implements Reason {}

    /** There is to be no preview any more. */
    record PreviewEnded(String why) implements Reason {
        /** Nothing that it would be one of is open any more. */
        static PreviewEnded gone() {
            return new PreviewEnded("what it was a preview of is closed, or has none any more");
        }

        /** What it is one of has none now, or can't have one. */
        static PreviewEnded of(PreviewState state) {
            PreviewState.Fault fault = state.fault();
            return switch (state.preview().verdict()) {
                case Preview.Refused(_, var message) -> new PreviewEnded(message);
                case Preview.Queued(_, int most) ->
                        new PreviewEnded("there may be %d at a time, and it waits".formatted(most));
                case Preview.Wanted _ -> fault == null ? gone() : new PreviewEnded(fault.message());
            };
        }
    }

    /** The wanted release can't be served now. */
    record KeepsServing(String release) implements Reason {}

    /** The declared release failed soon after its switch: the one before serves again. */
    record WentBack(String from, String why) implements Reason {}

    /** Not done on purpose. */
    record Held(String cause) implements Reason {
        /** What failed, and when it is tried again. */
        static Held by(FailedAttempt failure) {
            return new Held(
                    failure.permanent()
                            ? "failed and is not tried again until its spec changes: "
                                    + failure.message()
                            : "failed %d times, tried again at %s: %s"
                                    .formatted(
                                            failure.attempts(),
                                            failure.retryAt(),
                                            failure.message()));
        }
    }

    /** A person confirmed in the config that it is to be deleted. */
    record Confirmed(String id) implements Reason {}

    /** The app takes over from a container that Berth did not make. */
    record Adopted(String container) implements Reason {}
}

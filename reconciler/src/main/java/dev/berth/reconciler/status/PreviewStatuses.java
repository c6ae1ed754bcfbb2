package dev.berth.reconciler.status;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.PreviewState;
import dev.berth.reconciler.preview.Preview;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.PreviewStatus.State;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How far each preview is, by what is known of the app that it is. Pure. */
final class PreviewStatuses {
    private PreviewStatuses() {}

    static List<PreviewStatus> of(DesiredState desired, Collection<ResourceStatus> resources) {
        Map<ResourceId, ResourceStatus> byId =
                resources.stream()
                        .collect(Collectors.toMap(ResourceStatus::id, Function.identity()));
        return switch (desired) {
            case DesiredState.Unknown _ -> List.of();
            case DesiredState.Known known ->
                    known.previews().stream()
                            .map(state -> of(state, known, byId.get(state.preview().id().id())))
                            .toList();
        };
    }

    private static PreviewStatus of(
            PreviewState state, DesiredState.Known known, @Nullable ResourceStatus app) {
        return switch (state.preview().verdict()) {
            case Preview.Refused(_, var message) -> absent(state, State.None, message);
            case Preview.Queued(int before, int most) ->
                    absent(
                            state,
                            State.Queued,
                            before == 0
                                    ? "next, when one of the %d that run ends".formatted(most)
                                    : "%d wait before it, and %d run".formatted(before, most));
            case Preview.Wanted wanted -> wanted(state, wanted, known, app);
        };
    }

    private static PreviewStatus absent(PreviewState state, State is, String message) {
        return status(state, Serves.NOTHING, new Progress(is, null, message));
    }

    /** How far one is, and why. */
    private record Progress(State state, @Nullable ReasonCode reason, @Nullable String message) {}

    private static PreviewStatus wanted(
            PreviewState state,
            Preview.Wanted wanted,
            DesiredState.Known known,
            @Nullable ResourceStatus app) {
        Progress progress = progress(state, app);
        String message = progress.message() == null ? wanted.note() : progress.message();
        DesiredApp built = known.apps().get(state.preview().id().id());
        return status(
                state,
                new Serves(
                        wanted.commit(),
                        built == null ? null : built.sourceRevision(),
                        wanted.until(),
                        app == null || app.urls().isEmpty() ? null : app.urls().getFirst()),
                new Progress(progress.state(), progress.reason(), message));
    }

    /**
     * What there is of it.
     *
     * @param wanted the commit that it should be of
     * @param commit that it is built of, which may be an older one than is wanted
     */
    private record Serves(
            @Nullable String wanted,
            @Nullable String commit,
            @Nullable Instant until,
            @Nullable String url) {
        private static final Serves NOTHING = new Serves(null, null, null, null);
    }

    /** What stays behind its newest commit has failed, however well the older one serves. */
    private static Progress progress(PreviewState state, @Nullable ResourceStatus app) {
        if (state.fault() != null) {
            PreviewState.Fault fault = state.fault();
            return new Progress(
                    fault.reason() == ReasonCode.SourceUnavailable ? State.Deploying : State.Failed,
                    fault.reason(),
                    fault.message());
        }
        Condition ready = app == null ? null : app.condition(ConditionType.Ready);
        if (app == null || ready == null) {
            return new Progress(State.Deploying, null, null);
        }
        boolean stalled =
                app.conditions().stream()
                        .anyMatch(
                                one ->
                                        one.type() == ConditionType.Stalled
                                                && one.status() == Condition.Status.True);
        boolean current = app.generation().equals(ready.observedGeneration());
        if (ready.status() == Condition.Status.True && current) {
            return new Progress(State.Serving, null, null);
        }
        return stalled
                ? new Progress(State.Failed, ready.reason(), ready.message())
                : new Progress(State.Deploying, ready.reason(), ready.message());
    }

    private static PreviewStatus status(PreviewState state, Serves serves, Progress progress) {
        Preview preview = state.preview();
        Preview.Subject subject = preview.subject();
        return switch (subject) {
            case Preview.OfPull(var pull) ->
                    new PreviewStatus(
                            state.parent(),
                            preview.id().id(),
                            pull.number(),
                            pull.branch(),
                            state.repo(),
                            pull.title(),
                            pull.url(),
                            pull.author(),
                            pull.commit(),
                            serves.wanted(),
                            serves.commit(),
                            progress.state(),
                            progress.reason(),
                            progress.message(),
                            serves.url(),
                            pull.pushedAt(),
                            serves.until());
            case Preview.OfBranch(var branch) ->
                    new PreviewStatus(
                            state.parent(),
                            preview.id().id(),
                            null,
                            branch.name(),
                            state.repo(),
                            "",
                            null,
                            "",
                            branch.commit(),
                            serves.wanted(),
                            serves.commit(),
                            progress.state(),
                            progress.reason(),
                            progress.message(),
                            serves.url(),
                            branch.pushedAt(),
                            serves.until());
        };
    }
}

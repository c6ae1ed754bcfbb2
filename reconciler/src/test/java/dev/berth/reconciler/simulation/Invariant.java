package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What holds at every write of control, whatever happens around it. */
enum Invariant {
    /** A process that is dead, or is not the one that writes, makes no call. */
    ONE_WRITER {
        @Override
        @Nullable String broken(Step step) {
            return null; // judged where calls begin
        }
    },
    /** What the edge is newly pointed at runs and has proven itself since we started it. */
    ROUTES_ONLY_TO_READY {
        @Override
        @Nullable String broken(Step step) {
            if (step.call().engine() != null) {
                return null;
            }
            Set<String> before =
                    step.before().backends().map(Map.Entry::getValue).collect(Collectors.toSet());
            return step.after()
                    .backends()
                    .filter(b -> !before.contains(b.getValue()))
                    .filter(b -> !step.oracle().mayHaveEnded(b.getValue(), step.nanos()))
                    .filter(
                            b ->
                                    !Sight.running(step.after().container(b.getValue()))
                                            || !step.oracle().proven(b.getValue()))
                    .map(b -> b.getKey() + " is served by " + b.getValue() + ", not proven")
                    .findFirst()
                    .orElse(null);
        }
    },
    /** Volumes stay, but those that two agree on: the document of old, and the Instance by name. */
    DATA_STAYS {
        @Override
        @Nullable String broken(Step step) {
            return step.before().engine().volumes().keySet().stream()
                    .filter(volume -> !step.after().engine().volumes().containsKey(volume))
                    .filter(
                            volume ->
                                    step.call().engine() != EngineCall.REMOVE_VOLUME
                                            || !step.leave().mayLose(volume))
                    .map(volume -> "volume " + volume + " is gone")
                    .findFirst()
                    .orElse(null);
        }
    },
    /** Nothing is taken away but what a repo that was read whole says, and not too much at once. */
    NO_DELETE_AFTER_UNKNOWN {
        @Override
        @Nullable String broken(Step step) {
            return step.takenFrom() == null
                    ? null
                    : step.leave().removal(); // a call that has begun is not called back
        }
    },
    /** An app that served goes on serving unless its own spec says otherwise. */
    SERVED_GOES_ON_SERVING {
        @Override
        @Nullable String broken(Step step) {
            Set<ResourceId> now = step.after().serving();
            return step.before().serving().stream()
                    .filter(app -> !now.contains(app))
                    .filter(app -> !step.leave().mayStop(app) && !step.oracle().mayStop(app))
                    .filter(app -> !pointedAtWhatSomebodyHit(step, app))
                    .filter(app -> !pointedAwayFromWhatFell(step, app))
                    .map(app -> app + " serves no more")
                    .findFirst()
                    .orElse(null);
        }

        private boolean pointedAwayFromWhatFell(Step step, ResourceId app) {
            return step.call().engine() == null
                    && step.before()
                            .backends()
                            .filter(b -> b.getKey().equals(app))
                            .allMatch(b -> step.oracle().fellInSight(b.getValue(), step.nanos()));
        }

        private boolean pointedAtWhatSomebodyHit(Step step, ResourceId app) {
            return step.call().engine() == null
                    && step.after()
                            .backends()
                            .anyMatch(
                                    b ->
                                            b.getKey().equals(app)
                                                    && step.oracle()
                                                            .mayHaveEnded(
                                                                    b.getValue(), step.nanos()));
        }
    },
    /** Requests go elsewhere, or nowhere, before what answers them is stopped. */
    SWITCHED_BEFORE_STOPPED {
        @Override
        @Nullable String broken(Step step) {
            if (step.call().engine() != EngineCall.STOP
                    && step.call().engine() != EngineCall.REMOVE) {
                return null;
            }
            FakeEngine.Item item = step.before().container(step.call().subject());
            if (item == null || !Sight.running(item)) {
                return null;
            }
            String id = item.id().shortId();
            boolean mayBeDown =
                    step.oracle().hits().mayBeDown(id, step.nanos())
                            || step.oracle().fellInSight(id, step.nanos());
            return mayBeDown
                    ? null
                    : step.before()
                            .backends()
                            .filter(b -> b.getValue().equals(id))
                            .map(b -> "%s still sends requests to %s".formatted(b.getKey(), id))
                            .findFirst()
                            .orElse(null);
        }
    },
    /** No slot is filled twice, and of an app that can't overlap never two releases run. */
    NO_DOUBLES {
        @Override
        @Nullable String broken(Step step) {
            if (step.call().engine() != EngineCall.START) {
                return null;
            }
            FakeEngine.Item item = step.after().container(step.call().subject());
            ContainerView started = item == null ? null : item.view();
            if (item == null || started == null || !item.live()) {
                return null;
            }
            boolean alone =
                    step.leave().oneAtATime(started.owner())
                            && step.oracle().oneAtATime(started.owner());
            return step.after().engine().containers().stream()
                    .filter(Sight::ours)
                    .filter(FakeEngine.Item::live)
                    .map(FakeEngine.Item::view)
                    .filter(
                            other ->
                                    other != null
                                            && !other.id().equals(started.id())
                                            && other.owner().equals(started.owner())
                                            && other.process().equals(started.process()))
                    .filter(
                            other ->
                                    other.specHash().equals(started.specHash())
                                            ? other.slot() == started.slot()
                                                    && !mayBeReplaced(step, other)
                                                    && (alone || !mayBeStopping(step, other))
                                            : alone && !mayBeUp(step, other))
                    .map(other -> started.name() + " runs beside " + other.name())
                    .findFirst()
                    .orElse(null);
        }

        // Another takes its place at once, unless they must not overlap.
        private static boolean mayBeStopping(Step step, ContainerView other) {
            return step.oracle().mayBeStopping(other.id().shortId());
        }

        // What somebody has changed is replaced by another like it.
        private static boolean mayBeReplaced(Step step, ContainerView other) {
            return step.oracle().hits().was(other.id().shortId());
        }

        private static boolean mayBeUp(Step step, ContainerView other) {
            return step.oracle().hits().mayBeUp(other.id().shortId());
        }
    },
    /** What is to run once runs once; a release command again only when it failed. */
    RUNS_ONCE {
        @Override
        @Nullable String broken(Step step) {
            if (step.call().engine() == EngineCall.REMOVE) {
                FakeEngine.Item gone = step.before().container(step.call().subject());
                if (gone != null) {
                    step.oracle().runRemoved(gone);
                }
                return null;
            }
            if (step.call().engine() != EngineCall.START) {
                return null;
            }
            FakeEngine.Item before = step.before().container(step.call().subject());
            FakeEngine.Item after = step.after().container(step.call().subject());
            return before == null || after == null || after.state() instanceof ContainerView.Created
                    ? null
                    : step.oracle().startedTwice(before, after);
        }
    },
    /** A new release begins when what it needs has served as it is to be now. */
    NEEDED_COMES_FIRST {
        @Override
        @Nullable String broken(Step step) {
            FakeEngine.Item item =
                    step.call().engine() == EngineCall.START
                            ? step.after().container(step.call().subject())
                            : null;
            ContainerView started = item == null ? null : item.view();
            if (started == null
                    || isRepair(step, started)
                    || step.oracle().servedLast().is(started)) {
                return null;
            }
            String needed = step.oracle().waitsFor(started.owner(), step.leave().trees());
            return needed == null
                    ? null
                    : "%s begins, and %s never served".formatted(started.name(), needed);
        }

        private static boolean isRepair(Step step, ContainerView started) {
            return step.before().engine().containers().stream()
                    .map(FakeEngine.Item::view)
                    .anyMatch(
                            other ->
                                    other != null
                                            && !other.id().equals(started.id())
                                            && other.owner().equals(started.owner())
                                            && other.specHash().equals(started.specHash())
                                            && (isInTraffic(step, other)
                                                    || step.oracle()
                                                            .hits()
                                                            .was(other.id().shortId())));
        }

        private static boolean isInTraffic(Step step, ContainerView container) {
            return step.before()
                    .backends()
                    .anyMatch(b -> b.getValue().equals(container.id().shortId()));
        }
    },
    /** Only what falls soon after its switch is gone back from, once, and for good. */
    GOES_BACK {
        @Override
        @Nullable String broken(Step step) {
            return step.made()
                    .map(made -> step.oracle().waysBack().madeWrongly(made, step.leave().trees()))
                    .flatMap(Stream::ofNullable)
                    .findFirst()
                    .orElse(null);
        }
    },
    /** What is declared alike is made alike, and what is to stay at a release is made of it. */
    MADE_AS_DECLARED {
        @Override
        @Nullable String broken(Step step) {
            return step.made()
                    .map(made -> step.oracle().madeOtherwise(made, step.leave().trees()))
                    .flatMap(Stream::ofNullable)
                    .findFirst()
                    .orElse(null);
        }
    },
    /** What is declared or can be gone back to keeps its image. */
    IMAGES_STAY {
        @Override
        @Nullable String broken(Step step) {
            return step.call().engine() != EngineCall.REMOVE_IMAGE
                            || step.leave().mayLoseImage(step.call().subject())
                    ? null
                    : "image " + step.call().subject() + " is needed, and goes";
        }
    },
    /** Whoever may ask the engine is told no value of a secret. */
    SECRETS_STAY_SECRET {
        @Override
        @Nullable String broken(Step step) {
            if (step.call().engine() != EngineCall.CREATE
                    && step.call().engine() != EngineCall.CREATE_RUN) {
                return null;
            }
            return step.after().engine().containers().stream()
                    .filter(item -> item.name().equals(step.call().subject()))
                    .filter(item -> item.labels().toString().contains(SimSecrets.PLANTED))
                    .map(item -> item.name() + " tells a secret in its labels")
                    .findFirst()
                    .orElse(null);
        }
    },
    /** What is none of ours stays as it is, but what an app takes over from once it serves. */
    FOREIGN_UNTOUCHED {
        @Override
        @Nullable String broken(Step step) {
            String adopted = step.call().engine() == EngineCall.STOP ? adopted(step) : null;
            List<String> before = step.before().foreign(adopted);
            List<String> after = step.after().foreign(adopted);
            return before.equals(after) ? null : before + " became " + after;
        }

        // The container that the call may stop; null = none.
        private static @Nullable String adopted(Step step) {
            FakeEngine.Item item = step.before().container(step.call().subject());
            if (item == null || !item.name().startsWith(Spec.predecessor(""))) {
                return null;
            }
            ResourceId app = ResourceId.app(item.name().replace(Spec.predecessor(""), ""));
            boolean serves =
                    step.before().serving().contains(app)
                            || step.oracle().hits().someMayBeDown(app.name(), step.nanos())
                            || step.leave().mayStop(app);
            return serves && step.leave().mayAdopt(app) ? item.name() : null;
        }
    };

    /**
     * One write.
     *
     * @param leave what control was allowed when it began
     * @param before as it was just before its effect
     * @param after as it was just after
     * @param nanos when that was
     */
    record Step(
            Call call, Oracle.Leave leave, Sight before, Sight after, Oracle oracle, long nanos) {
        private static final String OF_A_JOB = "_job";

        /** Whose container, run, network or volume the call takes away; {@code null} = nobody's. */
        @Nullable ResourceId takenFrom() {
            return takenFrom(call, before);
        }

        /** The container of an app that the call has made. */
        Stream<ContainerView> made() {
            return call.engine() == EngineCall.CREATE
                    ? after.engine().containers().stream()
                            .filter(item -> item.name().equals(call.subject()))
                            .map(FakeEngine.Item::view)
                            .flatMap(Stream::ofNullable)
                    : Stream.empty();
        }

        static @Nullable ResourceId takenFrom(Call call, Sight before) {
            EngineCall kind = call.engine();
            if (kind == EngineCall.REMOVE || kind == EngineCall.STOP) {
                FakeEngine.Item item = before.container(call.subject());
                return item == null ? null : ownerOf(item);
            }
            if (kind == EngineCall.REMOVE_NETWORK) {
                String owner = call.subject().replace("berth_" + Sight.INSTANCE + "_", "");
                return owner.endsWith(OF_A_JOB)
                        ? new ResourceId(
                                Kind.Job, owner.substring(0, owner.length() - OF_A_JOB.length()))
                        : ResourceId.app(owner);
            }
            return kind == EngineCall.REMOVE_VOLUME ? Sight.ownerOfVolume(call.subject()) : null;
        }

        private static @Nullable ResourceId ownerOf(FakeEngine.Item item) {
            ContainerView view = item.view();
            if (view != null) {
                return view.owner();
            }
            return Sight.isRun(item) && Sight.ours(item) ? Sight.owner(item) : null;
        }
    }

    /** What is wrong, and with whom; {@code null} when it holds. */
    abstract @Nullable String broken(Step step);
}

package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which apps may, must and must not go back from a release that fails soon after its switch: by
 * what was declared, what fell and what was reported, never by what control remembers of it.
 */
final class WaysBack {
    private static final Duration USUAL = Duration.ofMinutes(5);
    private static final Duration BRIEF = Duration.ofSeconds(2);

    /** So many restarts of one container are no accident. */
    private static final int OFTEN = 5;

    private final Map<String, Way> ways = new TreeMap<>();
    private final Map<String, Instant> firstFalls = new TreeMap<>();
    private final Set<String> disturbed = new HashSet<>();
    private final Set<String> goneBackFrom = new HashSet<>();
    private final Set<String> everMade = new HashSet<>();
    private final ServedLast servedLast;
    private boolean untold;

    WaysBack(ServedLast servedLast) {
        this.servedLast = servedLast;
    }

    /** An app, for as long as its document asks for the same. */
    private static final class Way {
        private final String generation;
        private final String release;
        private final Spec spec;
        private final String declared;

        /** True when it is sure that something served before that can be gone back to. */
        private final boolean hasBefore;

        /** It may have been gone back from at an earlier time, or now, or not. */
        private boolean unsure;

        private final Instant since;

        /** True as long as people were to be told all the time. */
        private boolean alerts;

        private @Nullable Instant readyAt;
        private @Nullable Instant firstFall;
        private boolean touched;

        /** Hash of what is made for it; {@code null} until that is. */
        private @Nullable String hash;

        /** Hash of what it is gone back to. */
        private @Nullable String backTo;

        private int seenBack;

        Way(String app, Tree tree, Spec spec, @Nullable Way last, boolean unsure, Instant since) {
            this.since = since;
            this.alerts = tree.alerts();
            this.generation = Objects.requireNonNull(tree.generation(app));
            this.release = tree.release(app, spec);
            this.spec = spec;
            this.declared = spec.reference(app);
            boolean same = last != null && last.release.equals(release);
            this.hash = last == null || !same ? null : last.hash;
            this.hasBefore =
                    last != null
                            && !same
                            && !last.unsure
                            && last.backTo == null
                            && last.isSafeToGoBackTo();
            this.unsure = unsure || (last != null && last.unsure);
            if (last != null && (last.touched || last.declared.equals(declared))) {
                firstFall = last.firstFall;
                touched = last.touched;
            }
        }

        /** What fell under an earlier document may still be there, with all its restarts. */
        private void fellBefore(@Nullable Instant first) {
            firstFall = firstFall == null ? first : firstFall;
        }

        private boolean isSafeToGoBackTo() {
            return readyAt != null && spec.serves() && spec.twist() != Spec.Twist.SECRET;
        }

        Duration window() {
            return switch (spec.twist()) {
                case SUSPENDED, RECREATE, RELEASE -> Duration.ZERO;
                case BRIEF -> BRIEF;
                case NONE,
                        VOLUME,
                        COMMAND,
                        WORKER,
                        DELETABLE,
                        CRON,
                        GROUPED,
                        DEPENDS,
                        SECRET,
                        ADOPTS ->
                        USUAL;
            };
        }

        /** What it depends on may have fallen with it: that is for control to tell. */
        boolean mustGoBack() {
            return spec.image() == Spec.Image.FALLS
                    && spec.serves()
                    && window().equals(USUAL)
                    && spec.twist() != Spec.Twist.DEPENDS
                    && hasBefore
                    && !touched
                    && !unsure
                    && backTo == null;
        }

        boolean isThere() {
            return seenBack >= 2; // the first pass that finds it so writes it down
        }
    }

    /** From now on somebody may write who knows nothing of it, or times are not what they were. */
    void untold() {
        untold = true;
    }

    /** Control follows this now. */
    void read(Tree tree, Instant when) {
        ways.values().forEach(way -> way.alerts &= tree.alerts());
        ways.keySet().retainAll(tree.apps().keySet());
        tree.apps()
                .forEach(
                        (app, doc) -> {
                            String now = tree.generation(app);
                            Way last = ways.get(app);
                            if (now == null) {
                                ways.remove(app);
                            } else if (last == null || !last.generation.equals(now)) {
                                boolean unsure = goneBackFrom.contains(app + " " + now);
                                Way next = new Way(app, tree, doc.spec(), last, unsure, when);
                                if (doc.spec().image() == Spec.Image.FALLS) {
                                    next.fellBefore(firstFalls.get(app));
                                }
                                ways.put(app, next);
                            }
                        });
    }

    /** A container of an app has ended by itself. */
    void fell(String app, Instant now) {
        firstFalls.putIfAbsent(app, now);
        disturbed.add(app);
        Way way = ways.get(app);
        if (way != null) {
            way.firstFall = way.firstFall == null ? now : way.firstFall;
        }
    }

    /** Somebody laid hands on a container of an app. */
    void touched(String app, Instant now) {
        disturbed.add(app);
        Way way = ways.get(app);
        if (way != null) {
            way.touched = true;
            way.firstFall = way.firstFall == null ? now : way.firstFall;
        }
    }

    /** True when a release fell that has not been reported ready since it is declared. */
    boolean fellBeforeReady(String app) {
        Way way = ways.get(app);
        return way == null // of a broken document the last right version counts
                ? disturbed.contains(app)
                : way.firstFall != null && way.readyAt == null;
    }

    /**
     * Why a container must not be made; {@code null} when it may.
     *
     * @param trees what control had read lately
     */
    @Nullable String madeWrongly(ContainerView made, List<Tree> trees) {
        String app = made.owner().name();
        boolean again = !everMade.add(app + " " + made.specHash());
        Way way = ways.get(app);
        String image = made.template() == null ? null : made.template().image();
        if (way == null
                || image == null
                || !trees.stream().allMatch(t -> way.generation.equals(t.generation(app)))) {
            return null;
        }
        if (again && way.hash == null && image.equals(way.declared)) {
            way.unsure = true; // which of two releases of one image it is can't be told
        }
        String why = madeWrongly(way, image, made);
        return way.unsure || untold ? null : why;
    }

    private @Nullable String madeWrongly(Way way, String image, ContainerView made) {
        boolean declared =
                image.equals(way.declared)
                        && (way.hash == null || way.hash.equals(made.specHash()));
        if (declared) {
            way.hash = made.specHash();
            return way.isThere()
                    ? made.name() + " goes forth again to what was gone back from"
                    : null;
        }
        if (servedLast.is(made)) {
            return null; // what is declared does not serve, and what did was lost
        }
        String to = way.backTo;
        if (to != null) {
            return to.equals(made.specHash()) || way.spec.twist() == Spec.Twist.SECRET
                    ? null
                    : "%s of %s goes back to another than %s"
                            .formatted(made.name(), made.specHash(), to);
        }
        String why = whyNot(way, made);
        way.backTo = made.specHash();
        goneBackFrom.add(made.owner().name() + " " + way.generation);
        return why == null ? null : made.name() + " goes back, and " + why;
    }

    private static @Nullable String whyNot(Way way, ContainerView made) {
        Instant fell = way.firstFall;
        if (fell == null) {
            return "nothing fell";
        }
        if (way.window().isZero()) {
            return "may not";
        }
        Instant since = way.readyAt == null ? made.createdAt() : way.readyAt;
        return fell.isAfter(since.plus(way.window()))
                ? "it fell at %s only, and was ready at %s".formatted(fell, since)
                : null;
    }

    /** True for a container of the release that its document asks for. */
    boolean isDeclared(ContainerView container) {
        Way way = ways.get(container.owner().name());
        return way != null && container.specHash().equals(way.hash);
    }

    /** True when an app is on its way back to that, or there. */
    boolean isBack(ContainerView made) {
        Way way = ways.get(made.owner().name());
        return way != null && way.backTo != null && !made.specHash().equals(way.hash);
    }

    /** True when it can't be told whether that is what is declared. */
    boolean isUnsure(ContainerView made) {
        Way way = ways.get(made.owner().name());
        return way != null && way.unsure && way.spec.image() == Spec.Image.FALLS;
    }

    /**
     * What a pass says is learnt from.
     *
     * @param quiet false when something happened while it was made
     * @return what is wrong with it; {@code null} when nothing is
     */
    @Nullable String reported(PassReport report, Sight sight, boolean quiet) {
        for (ResourceStatus status : report.resources()) {
            Way way = ways.get(status.id().name());
            Condition ready = status.condition(ConditionType.Ready);
            if (way == null || ready == null || !isOfApp(status.id())) {
                continue;
            }
            if (quiet) {
                way.seenBack = isServedBy(way.backTo, status.id(), sight) ? way.seenBack + 1 : 0;
            }
            boolean serves =
                    ready.status() == Condition.Status.True
                            && ready.observedGeneration().equals(status.generation());
            if (serves && way.hash != null && way.spec.replicas() > 0) {
                servedLast.reportedReady(status.id().name(), way.hash);
            }
            if (serves && way.readyAt == null) {
                way.readyAt = report.startedAt();
            }
            boolean told = // as what is not known now, it is for other rules to judge
                    ready.reason() == ReasonCode.RolledBack
                            || ready.status() == Condition.Status.Unknown;
            if (!told && quiet && !untold && isDue(way, status.id(), report, sight)) {
                return status.id() + " keeps falling, and is not gone back from";
            }
        }
        return null;
    }

    private static boolean isOfApp(ResourceId id) {
        return id.equals(ResourceId.app(id.name()));
    }

    private static boolean isDue(Way way, ResourceId app, PassReport report, Sight sight) {
        Instant readyAt = way.readyAt;
        return way.mustGoBack()
                && readyAt != null
                && !report.startedAt().isBefore(readyAt)
                && report.startedAt().isBefore(readyAt.plus(USUAL))
                && Set.of(way.hash == null ? "" : way.hash).containsAll(served(app, sight))
                && sight.engine().containers().stream()
                        .map(FakeEngine.Item::view)
                        .anyMatch(
                                view ->
                                        view != null
                                                && view.owner().equals(app)
                                                && view.specHash().equals(way.hash)
                                                && keepsFalling(view));
    }

    private static boolean keepsFalling(ContainerView view) {
        return switch (view.state()) {
            case ContainerView.Running(_, _, int restarts) -> restarts >= OFTEN;
            case ContainerView.Restarting(_, int restarts) -> restarts >= OFTEN;
            case ContainerView.Created _,
                    ContainerView.Stopping _,
                    ContainerView.Paused _,
                    ContainerView.Exited _ ->
                    false;
        };
    }

    /** What an app has gone back to, if that is sure; else {@code null}. */
    @Nullable String thereAt(String app, @Nullable String generation) {
        Way way = ways.get(app);
        return way != null && !untold && way.isThere() && way.generation.equals(generation)
                ? way.backTo
                : null;
    }

    /** What is wrong with what people are told of those that have gone back. */
    @Nullable String toldWrongly(SimOutbox outbox) {
        for (Map.Entry<String, Way> each : ways.entrySet()) {
            Way way = each.getValue();
            if (way.isThere() && way.alerts && !way.unsure && !untold) {
                int times =
                        outbox.failing(
                                        ResourceId.app(each.getKey()),
                                        ReasonCode.RolledBack,
                                        way.since)
                                .size();
                if (times != 1) {
                    return "%s went back, and people are told %d times"
                            .formatted(each.getKey(), times);
                }
            }
        }
        return null;
    }

    /** True when containers of that hash answer all requests, and there is some to answer. */
    static boolean isServedBy(@Nullable String hash, ResourceId app, Sight sight) {
        return hash != null && served(app, sight).equals(Set.of(hash));
    }

    private static Set<String> served(ResourceId app, Sight sight) {
        return sight.backends()
                .filter(backend -> backend.getKey().equals(app))
                .map(backend -> sight.container(backend.getValue()))
                .map(item -> item == null || item.view() == null ? "" : item.view().specHash())
                .collect(Collectors.toSet());
    }
}

package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.ContainerEngine.ExecResult;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Labels;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What whoever made the history knows must be, without asking the code under test: what control has
 * read, so what it may do to which app; which containers have proven themselves; what people have
 * laid hands on.
 */
final class Oracle {
    private static final Set<EngineCall> LOOKS =
            EnumSet.of(
                    EngineCall.CONTAINERS,
                    EngineCall.NETWORKS,
                    EngineCall.VOLUMES,
                    EngineCall.RUNS);

    private static final Set<EngineCall> TAKING =
            EnumSet.of(
                    EngineCall.STOP,
                    EngineCall.REMOVE,
                    EngineCall.REMOVE_NETWORK,
                    EngineCall.REMOVE_VOLUME);

    /** So long what was begun after a look may take, with an engine that is slow. */
    private static final long LATELY = Duration.ofMinutes(2).toNanos();

    private final List<Tree> everRead = new ArrayList<>();
    private final Set<String> everRight = new HashSet<>();
    private List<Tree> lastPass = new ArrayList<>();
    private List<Tree> thisPass = new ArrayList<>();
    private final Set<ResourceId> removedInPass = new TreeSet<>();
    private final Set<String> proven;
    private final Map<String, Integer> passed;
    private final Hits hits;
    private final Set<String> falling;
    private final Map<String, Long> seenDown;
    private final WaysBack waysBack;
    private final ServedLast servedLast;
    private final Map<String, Object> tended = new HashMap<>();
    private final Set<String> everServed;
    private final Map<String, Ran> ran;
    private final Map<String, String> hashes;
    private final Set<String> everMade;
    private boolean clockWasSet;
    private @Nullable Tree ofPass;
    private final Set<String> toldToStop = new HashSet<>();
    private @Nullable LastKnown lastKnown;
    private boolean everKnew;
    private boolean blindToRepo = true;
    private boolean blindToEngine = true;

    Oracle() {
        proven = new HashSet<>();
        passed = new HashMap<>();
        hits = new Hits();
        falling = new HashSet<>();
        seenDown = new HashMap<>();
        servedLast = new ServedLast();
        waysBack = new WaysBack(servedLast);
        everServed = new HashSet<>();
        ran = new HashMap<>();
        hashes = new HashMap<>();
        everMade = new HashSet<>();
    }

    /** Of a control elsewhere that has read nothing yet, in the same world. */
    Oracle(Oracle other) {
        proven = other.proven;
        passed = other.passed;
        hits = new Hits(other.hits);
        falling = other.falling;
        seenDown = other.seenDown;
        servedLast = other.servedLast;
        waysBack = new WaysBack(servedLast);
        waysBack.untold(); // what is remembered in one home is not known in the other
        other.waysBack.untold();
        everServed = other.everServed;
        ran = other.ran;
        hashes = other.hashes;
        everMade = other.everMade;
        clockWasSet = other.clockWasSet;
    }

    /**
     * What control may do in a call, as things stood when it began: it can't know better.
     *
     * @param removal why nothing may be taken away; {@code null} = it may
     * @param trees what it had read lately
     * @param kept images of releases that it could go back to; only told where an image goes
     */
    record Leave(@Nullable String removal, List<Tree> trees, Set<String> kept, Oracle oracle) {
        /** The same, with those. */
        Leave keeping(Set<String> images) {
            return new Leave(removal, trees, images, oracle);
        }

        /** True when an image may go: nothing declares it, and no release of before ran it. */
        boolean mayLoseImage(String image) {
            String app = image.substring(0, image.indexOf(':'));
            return trees.isEmpty()
                    || trees.stream()
                            .anyMatch(
                                    tree ->
                                            !tree.runs(image)
                                                    && !(kept.contains(image)
                                                            && tree.apps().containsKey(app)));
        }

        /** True when what it had read says that this data may go. */
        boolean mayLose(String volume) {
            return oracle.mayLose(volume, trees);
        }

        static final Leave NONE = new Leave(null, List.of(), Set.of(), new Oracle());

        boolean mayStop(ResourceId app) {
            return oracle.mayStop(app, trees);
        }

        boolean oneAtATime(ResourceId app) {
            return oracle.oneAtATime(app, trees);
        }

        /** True when it was said that the app takes over from what ran before. */
        boolean mayAdopt(ResourceId app) {
            return oracle.anySpec(app, trees, s -> s.twist() == Spec.Twist.ADOPTS);
        }
    }

    /** What is allowed now. */
    Leave leave(Call call, Supplier<Sight> sight) {
        Sight now = TAKING.contains(call.engine()) ? sight.get() : null;
        ResourceId owner = now == null ? null : Invariant.Step.takenFrom(call, now);
        return new Leave(
                now == null || owner == null || isItsOwn(call, now) || mayBeStartedAnew(call)
                        ? null
                        : whyNot(call, owner),
                window(),
                Set.of(),
                this);
    }

    /**
     * True when it takes back what it has begun itself: a container, or one of that release that
     * serves nobody.
     */
    private boolean isItsOwn(Call call, Sight now) {
        Object work = SimClockwork.work();
        FakeEngine.Item item = now.container(call.subject());
        ContainerView view = item == null ? null : item.view();
        return work != null
                && (work.equals(tended.get(shortId(call)))
                        || (view != null
                                && call.engine() == EngineCall.REMOVE
                                && work.equals(tended.get(release(view)))
                                && now.backends()
                                        .noneMatch(b -> b.getValue().equals(view.id().shortId()))));
    }

    /** What somebody hit is started anew; the work to do so may have begun when all was known. */
    private boolean mayBeStartedAnew(Call call) {
        return call.engine() == EngineCall.STOP && hits.was(shortId(call));
    }

    private static String release(ContainerView view) {
        return view.owner() + " " + view.release();
    }

    private @Nullable String whyNot(Call call, ResourceId owner) {
        if (blind()) {
            return "control does not see all, and takes from " + owner;
        }
        if (call.engine() == EngineCall.REMOVE_VOLUME) {
            return null; // which may go when all is seen is for DATA_STAYS to judge
        }
        return declared(owner) && call.engine() != EngineCall.REMOVE_NETWORK
                ? null // it makes room for another container of the app, or run
                : removalForbidden(owner);
    }

    void passBegins() {
        removedInPass.clear();
    }

    /**
     * Control has looked at the repo: this is what it must take for the newest.
     *
     * @param when by its clock
     */
    void read(@Nullable Tree tree, Instant when) {
        blindToRepo = tree == null;
        ofPass = tree;
        lastKnown = tree == null ? lastKnown : null;
        if (tree != null) {
            lastPass = thisPass;
            thisPass = new ArrayList<>();
            thisPass.add(tree);
            everRead.add(tree);
            waysBack.read(tree, when);
            ran.keySet().removeIf(key -> isOfAJobThatIsGone(key, tree));
            everRight.retainAll(tree.apps().keySet()); // what is gone is forgotten
            tree.apps()
                    .forEach(
                            (app, doc) -> {
                                if (doc.damage() == null) {
                                    everRight.add(app);
                                }
                            });
            everKnew |= !tree.emptied() && !holdsAll(tree);
        }
    }

    /**
     * Control is about to look at the repo, and will learn nothing.
     *
     * @param ready apps that it has just reported so
     */
    void losesSight(Sight now, Set<ResourceId> ready) {
        Tree tree = settled();
        if (tree != null && lastKnown == null && !blindToRepo) {
            Set<ResourceId> whole = new TreeSet<>(StatusTrue.whole(tree, now, this));
            whole.retainAll(ready);
            lastKnown = new LastKnown(tree, whole, true);
        }
    }

    /** The edge has no routes any more. */
    void edgeForgot() {
        lastKnown = lastKnown == null ? null : lastKnown.withoutRoutes();
    }

    /** How things stood when control last knew what should be; {@code null} while it does. */
    @Nullable LastKnown lastKnown() {
        return lastKnown;
    }

    private static String shortId(Call call) {
        String id = call.subject();
        return id.substring(0, Math.min(12, id.length()));
    }

    /** A call of control was answered. */
    void answered(Call call, @Nullable Object result, long nanos) {
        EngineCall kind = call.engine();
        Object work = SimClockwork.work();
        if (work != null && tends(call)) {
            tended.put(shortId(call), work);
            if (kind == EngineCall.CONTAINER
                    && result instanceof Optional<?> found
                    && found.orElse(null) instanceof ContainerView view) {
                tended.put(release(view), work);
            }
        }
        if (kind == EngineCall.CONTAINERS) {
            blindToEngine = false;
            noteDown(result, nanos);
            hits.looked(nanos);
        } else if (kind == EngineCall.EXEC && result instanceof ExecResult(int code, String _)) {
            int times = code == 0 ? passed.merge(call.subject(), 1, Integer::sum) : 0;
            passed.put(call.subject(), times);
            if (times >= 2) {
                proven.add(new ContainerId(call.subject()).shortId());
            }
        } else if (call.what().equals("PROBE")) {
            proven.add(call.subject());
        }
    }

    private void noteDown(@Nullable Object result, long nanos) {
        if (result instanceof List<?> all && !falling.isEmpty()) {
            for (Object each : all) {
                if (each instanceof ContainerView view && !view.running()) {
                    seenDown.put(view.id().shortId(), nanos);
                }
            }
        }
    }

    /** To start a container, or to look whether it proves itself, or has run to its end. */
    private static boolean tends(Call call) {
        return call.engine() == EngineCall.START
                || call.engine() == EngineCall.CONTAINER
                || call.engine() == EngineCall.RUN
                || call.engine() == EngineCall.EXEC
                || call.what().equals("PROBE");
    }

    void failed(Call call) {
        if (call.engine() == EngineCall.STOP) {
            toldToStop.add(shortId(call)); // the engine may be at it, and nobody calls it back
        }
        Object work = SimClockwork.work();
        if (work != null && tends(call)) {
            tended.put(shortId(call), work);
        }
        if (LOOKS.contains(call.engine())
                && Thread.currentThread().getName().endsWith("berth-reconcile")) {
            blindToEngine = true;
        }
    }

    /** We have started it: it has to prove itself anew. */
    void started(String shortId) {
        proven.remove(shortId);
        toldToStop.remove(shortId);
        passed.keySet().removeIf(id -> id.startsWith(shortId));
    }

    /** True when it was to stop, and it is not known whether it does. */
    boolean mayBeStopping(String shortId) {
        return toldToStop.contains(shortId);
    }

    boolean proven(String shortId) {
        return proven.contains(shortId);
    }

    /** What somebody laid hands on. */
    Hits hits() {
        return hits;
    }

    /** A container will end by itself. */
    void falls(String shortId) {
        falling.add(shortId);
    }

    /**
     * True when control may think that it is down: it fell, and was seen then, less than two
     * minutes ago.
     */
    boolean fellInSight(String shortId, long nanos) {
        Long seen = seenDown.get(shortId);
        return falling.contains(shortId) && seen != null && nanos - seen < LATELY;
    }

    /** True when a container may have ended without control's knowing it. */
    boolean mayHaveEnded(String shortId, long nanos) {
        return hits.mayBeDown(shortId, nanos) || falling.contains(shortId);
    }

    // Data

    /** True when one of these trees lets control delete it, as far as was known with it. */
    boolean mayLose(String volume, List<Tree> trees) {
        String app = Sight.ownerOfVolume(volume).name();
        return trees.stream().anyMatch(tree -> mayLose(app, tree));
    }

    private boolean mayLose(String app, Tree tree) {
        List<Tree> known = everRead.subList(0, everRead.lastIndexOf(tree) + 1);
        Spec last =
                known.reversed().stream()
                        .map(t -> t.apps().get(app))
                        .filter(doc -> doc != null && doc.damage() == null)
                        .map(Tree.Doc::spec)
                        .filter(Spec::keepsData)
                        .findFirst()
                        .orElse(null);
        Tree.Doc now = tree.apps().get(app);
        return tree.confirmed().contains(app)
                && last != null
                && last.twist() == Spec.Twist.DELETABLE
                && (now == null || !now.spec().keepsData() || now.damage() != null)
                && !holdsAll(tree);
    }

    // What containers are made of

    /** Why a container is not what it should be; {@code null} when it is. */
    @Nullable String madeOtherwise(ContainerView made, List<Tree> trees) {
        String why = madeUnlikeDeclared(made, trees);
        return servedLast.is(made) ? null : why; // it stands in for what is declared
    }

    private @Nullable String madeUnlikeDeclared(ContainerView made, List<Tree> trees) {
        String app = made.owner().name();
        boolean again = !everMade.add(app + " " + made.specHash());
        if (waysBack.isUnsure(made)) {
            return null;
        }
        if (waysBack.isBack(made)) {
            return hasSecret(made) || again
                    ? null
                    : made.name() + " goes back to what was never made";
        }
        Set<Tree.@Nullable Release> pins = new HashSet<>();
        trees.forEach(tree -> pins.add(tree.pin(app)));
        Tree.Release pin = pins.size() == 1 ? pins.iterator().next() : null;
        if (pin != null) {
            return pin.id().equals(made.release()) || hasSecret(made)
                    ? null
                    : "%s is of release %s, and the app is to stay at %s"
                            .formatted(made.name(), made.release(), pin.id());
        }
        return trees.stream().anyMatch(tree -> tree.madeOf(app) == null)
                ? null // the last right version counts, or a pin that is new or gone
                : madeOtherwise(made, app, trees);
    }

    /** A commit may just have been read: then it is of that one, or of the one before. */
    private @Nullable String madeOtherwise(ContainerView made, String app, List<Tree> trees) {
        Set<String> fitting = new HashSet<>();
        for (Tree tree : trees) {
            String words = tree.madeOf(app);
            if (words != null && tree.fits(made)) {
                fitting.add(words);
            }
        }
        if (fitting.isEmpty()) {
            return mayHaveGoneBack(app, trees)
                    ? null
                    : "%s is %s, which nobody declares".formatted(made.name(), made.template());
        }
        if (fitting.size() > 1) {
            return null;
        }
        String of = fitting.iterator().next();
        String before = hashes.putIfAbsent(app + " " + of, made.specHash());
        return before == null || before.equals(made.specHash())
                ? null
                : "%s is %s, and was %s for the same %s"
                        .formatted(made.name(), made.specHash(), before, of);
    }

    /** Of a commit that is not the newest any more. */
    private static boolean mayHaveGoneBack(String app, List<Tree> trees) {
        return trees.stream()
                .map(tree -> tree.apps().get(app))
                .anyMatch(doc -> doc != null && doc.spec().image() == Spec.Image.FALLS);
    }

    /** Secrets are always those of now, also of an older release. */
    private static boolean hasSecret(ContainerView made) {
        return made.template() != null && !made.template().secretVariables().isEmpty();
    }

    // What runs once

    /**
     * A run that was started.
     *
     * @param id of its container
     * @param well whether it is known to have ended well
     */
    private record Ran(String id, boolean well) {}

    /** The clock of control was set: times may come twice. */
    void clockWasSet() {
        clockWasSet = true;
        waysBack.untold();
    }

    /** True when it may not be the time that control takes it for. */
    boolean clockIsWrong() {
        return clockWasSet;
    }

    /** Which release of each app served last. */
    ServedLast servedLast() {
        return servedLast;
    }

    /** Which apps may go back from what fails. */
    WaysBack waysBack() {
        return waysBack;
    }

    /** Why a run must not be started; {@code null} when it may. */
    @Nullable String startedTwice(FakeEngine.Item before, FakeEngine.Item after) {
        String key = runKey(before.labels());
        if (key == null) {
            return null;
        }
        boolean ended = after.state() instanceof ContainerView.Exited(int code, _) && code == 0;
        Ran last = ran.put(key, new Ran(before.id().text(), ended));
        boolean again = before.state() instanceof ContainerView.Exited;
        String role = before.labels().getOrDefault(Labels.ROLE, "");
        return switch (role) {
            case "release" -> last != null && last.well() ? key + " has ended well before" : null;
            case "cron" ->
                    again || (last != null && !clockWasSet) ? key + " was started before" : null;
            default -> again || last != null ? key + " was started before" : null;
        };
    }

    /**
     * What control takes away itself it need not know of any more, but what is due by the clock.
     */
    void runRemoved(FakeEngine.Item item) {
        String key = runKey(item.labels());
        if (key != null && "release".equals(item.labels().get(Labels.ROLE))) {
            ran.remove(key);
        }
    }

    /**
     * Somebody laid hands on a run: a release command may run anew.
     *
     * @param others whether another control may take over, which never saw it
     */
    void runHit(FakeEngine.Item item, boolean others) {
        String key = runKey(item.labels());
        if (key != null && (others || "release".equals(item.labels().get(Labels.ROLE)))) {
            ran.remove(key);
        }
    }

    private static @Nullable String runKey(Map<String, String> labels) {
        return labels.containsKey(Labels.ROLE) && labels.containsKey(Labels.NAME)
                ? "%s/%s %s %s"
                        .formatted(
                                labels.get(Labels.KIND),
                                labels.get(Labels.NAME),
                                labels.get(Labels.ROLE),
                                labels.get(Labels.RUN))
                : null;
    }

    private static boolean isOfAJobThatIsGone(String key, Tree tree) {
        return key.startsWith("job/")
                && !tree.jobs().containsKey(key.substring("job/".length(), key.indexOf(' ')));
    }

    // What needs something else

    /** Requests have been answered by this image. */
    void served(ResourceId app, String image) {
        everServed.add(app.name() + " " + image);
    }

    /** What the app waits for, whatever version counts; {@code null} when it may start. */
    @Nullable String waitsFor(ResourceId app, List<Tree> before) {
        Set<String> needed = new HashSet<>();
        for (Tree tree : Stream.concat(before.stream(), window().stream()).toList()) {
            Tree.Doc doc = tree.apps().get(app.name());
            Tree.Doc other = tree.apps().get(Spec.PREREQUISITE);
            if (doc == null) {
                continue; // it is not for this one that the app starts
            }
            if (doc.damage() != null
                    || !doc.spec().depends(app.name())
                    || other == null
                    || other.damage() != null
                    || !other.spec().serves()) {
                return null;
            }
            needed.add(Spec.PREREQUISITE + " " + tree.image(Spec.PREREQUISITE, other.spec()));
        }
        return needed.size() == 1 && !everServed.containsAll(needed)
                ? needed.iterator().next()
                : null;
    }

    /** True while control knows that it does not see all. */
    boolean blind() {
        return blindToRepo || blindToEngine;
    }

    private List<Tree> window() {
        return Stream.concat(lastPass.stream(), thisPass.stream()).toList();
    }

    /** The one tree that the last two passes were about; {@code null} when there were more. */
    @Nullable Tree settled() {
        List<Tree> trees = window();
        Tree first = trees.isEmpty() ? null : trees.getFirst();
        return trees.stream().allMatch(tree -> Objects.equals(tree, first)) ? first : null;
    }

    /** True when what control has read says that the app is to go. */
    private boolean mayVanish(ResourceId app, List<Tree> trees) {
        return trees.stream().anyMatch(t -> !t.apps().containsKey(app.name()) && !holdsAll(t));
    }

    /** Why an app or job must not be removed by this pass; {@code null} when it may. */
    @Nullable String removalForbidden(ResourceId owner) {
        Tree tree = ofPass;
        if (tree == null || has(tree, owner)) {
            return owner + " is declared";
        }
        if (holdsAll(tree)) {
            return "a document that can't be understood may be about " + owner;
        }
        removedInPass.add(owner);
        int most = // a removal that has begun goes on when a newer commit allows fewer
                window().stream().mapToInt(Tree::maxDeletes).max().orElse(0);
        return removedInPass.size() > most
                ? removedInPass.size() + " removals, more than allowed at once"
                : null;
    }

    /** True when the tree of this pass has it, or an older document that counts needs it. */
    private boolean declared(ResourceId owner) {
        return ofPass != null && (has(ofPass, owner) || mayBeNeeded(owner, ofPass));
    }

    private static boolean has(Tree tree, ResourceId owner) {
        return owner.kind() == Kind.Job
                ? tree.jobs().containsKey(owner.name())
                : tree.apps().containsKey(owner.name());
    }

    /** By the last right version of a document that is broken now, whichever that is. */
    private boolean mayBeNeeded(ResourceId owner, Tree tree) {
        return owner.equals(ResourceId.app(Spec.PREREQUISITE))
                && tree.apps().entrySet().stream()
                        .filter(e -> e.getValue().damage() != null || tree.inDoubt(e.getKey()))
                        .map(Map.Entry::getKey)
                        .anyMatch(
                                other ->
                                        anyOld(ResourceId.app(other), spec -> spec.depends(other)));
    }

    /** False as long as every tree had a document that may change all others, also the Instance. */
    boolean everKnew() {
        return everKnew;
    }

    /** A document that was never right may be about anything. */
    boolean holdsAll(Tree tree) {
        return tree.apps().entrySet().stream()
                .anyMatch(
                        e ->
                                !everRight.contains(e.getKey())
                                        && e.getValue().damage() != null
                                        && !tellsItsName(e.getValue().damage()));
    }

    private static boolean tellsItsName(Tree.@Nullable Damage damage) {
        return damage != Tree.Damage.STRANGE_KIND;
    }

    /** True when some version of the app that may be in force is not to serve all the time. */
    boolean mayStop(ResourceId app) {
        return mayStop(app, window());
    }

    private boolean mayStop(ResourceId app, List<Tree> trees) {
        return mayVanish(app, trees)
                || anySpec(app, trees, s -> !s.serves() || s.twist() == Spec.Twist.RECREATE);
    }

    /** True when every version that may be in force wants one release at a time. */
    boolean oneAtATime(ResourceId app) {
        return oneAtATime(app, window());
    }

    private boolean oneAtATime(ResourceId app, List<Tree> trees) {
        return !anySpec(app, trees, s -> s.twist() != Spec.Twist.RECREATE);
    }

    private boolean anySpec(ResourceId app, List<Tree> trees, Predicate<Spec> test) {
        return trees.stream()
                .anyMatch(
                        tree -> {
                            Tree.Doc doc = tree.apps().get(app.name());
                            return doc != null
                                    && ((doc.damage() == null && test.test(doc.spec()))
                                            || ((doc.damage() != null || tree.inDoubt(app.name()))
                                                    && anyOld(app, test)));
                        });
    }

    /** Of a broken document the last right version counts: one of those that were read. */
    private boolean anyOld(ResourceId app, Predicate<Spec> test) {
        return everRead.stream()
                .map(tree -> tree.apps().get(app.name()))
                .anyMatch(doc -> doc != null && doc.damage() == null && test.test(doc.spec()));
    }
}

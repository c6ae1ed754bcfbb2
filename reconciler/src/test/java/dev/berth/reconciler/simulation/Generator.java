package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.simulation.Tree.Edit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes up histories. Most events come close after a commit, when there is most to go wrong. */
public final class Generator {
    private static final Duration SPAN = Duration.ofMinutes(10);
    private static final List<EngineCall> FAILING =
            List.of(
                    EngineCall.CONTAINERS,
                    EngineCall.CONTAINER,
                    EngineCall.PULL,
                    EngineCall.ENSURE_NETWORK,
                    EngineCall.CREATE,
                    EngineCall.START,
                    EngineCall.STOP,
                    EngineCall.REMOVE,
                    EngineCall.REMOVE_NETWORK,
                    EngineCall.CREATE_RUN,
                    EngineCall.RUN,
                    EngineCall.RUNS,
                    EngineCall.NETWORKS,
                    EngineCall.VOLUMES,
                    EngineCall.ENSURE_VOLUME,
                    EngineCall.REMOVE_VOLUME,
                    EngineCall.PUT_FILES,
                    EngineCall.EXEC,
                    EngineCall.HAS_IMAGE,
                    EngineCall.LOGS);

    /** Made only where it is asked who writes. */
    private static final List<EngineCall> FAILING_OF_RIVALS =
            List.of(EngineCall.STAMP, EngineCall.EPOCHS, EngineCall.REMOVE_STAMP);

    /** Of so many histories one has two controls, which takes long. */
    private static final int RIVALS = 30;

    /** Of so many apps that may have a secret one has: each pass opens it, which takes long. */
    private static final int SECRETS = 3;

    private final Random random;
    private final boolean small;
    private final List<String> apps;
    private final List<Event> events = new ArrayList<>();
    private Duration lastCommit = Duration.ZERO;

    private Generator(Random random) {
        this.random = random;
        this.small = random.nextInt(2) == 0; // many of these find as much as few large ones
        this.apps = SimWorld.APPS.subList(0, small ? 2 : 2 + random.nextInt(3));
    }

    /** The history of a seed. */
    public static History history(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        return new History(random.nextLong(), new Generator(random).events());
    }

    private List<Event> events() {
        List<Edit> first = new ArrayList<>();
        apps.forEach(app -> first.add(put(app)));
        if (random.nextInt(4) == 0) {
            first.add(new Tree.AllowDeletes(1));
        }
        if (random.nextInt(4) == 0) {
            first.add(job());
        }
        events.add(new Event.Commit(Duration.ofSeconds(1), 0, first));
        int commits = small ? 1 : 1 + random.nextInt(4);
        for (int i = 0; i < commits; i++) {
            events.add(commit());
        }
        if (random.nextInt(RIVALS) == 0) {
            events.add(new Event.Rival(moment(), lasts().plusSeconds(60), random.nextBoolean()));
        }
        int others = small ? 1 + random.nextInt(3) : 2 + random.nextInt(7);
        for (int i = 0; i < others; i++) {
            events.add(other());
        }
        return events;
    }

    private Event commit() {
        lastCommit = Duration.ofMillis(random.nextLong(SPAN.toMillis()));
        return switch (random.nextInt(10)) {
            case 0 -> new Event.ForcePush(lastCommit, 1 + random.nextInt(3));
            case 1 -> new Event.Revert(lastCommit);
            default -> {
                List<Edit> edits = new ArrayList<>();
                do {
                    edit(edits);
                } while (random.nextInt(2) == 0);
                yield new Event.Commit(lastCommit, calls(), edits);
            }
        };
    }

    private void edit(List<Edit> edits) {
        String app = apps.get(random.nextInt(apps.size()));
        switch (random.nextInt(22)) {
            case 0, 1, 2 -> {
                edits.add(new Tree.Remove(app));
                if (random.nextBoolean()) {
                    edits.add(new Tree.Confirm(app, true));
                }
            }
            case 3 -> edits.add(new Tree.Clear(app));
            case 4, 5 -> edits.add(new Tree.Break(app, pick(Tree.Damage.values())));
            case 6 -> edits.add(new Tree.AllowDeletes(random.nextInt(3)));
            case 7 -> edits.add(new Tree.Wipe());
            case 8 -> edits.add(job());
            case 9 -> edits.add(new Tree.Confirm(app, random.nextInt(3) > 0));
            case 10 -> edits.add(new Tree.SetValue(random.nextInt(4)));
            case 11 -> edits.add(new Tree.SetSecret(random.nextInt(SimSecrets.VALUES)));
            case 12 -> edits.add(new Tree.Pin(app, random.nextInt(5)));
            case 13 -> edits.add(new Tree.Unpin(app));
            case 14 -> edits.add(new Tree.SetAlert(random.nextInt(3) > 0));
            default -> edits.add(put(app));
        }
    }

    /** Where something is to be taken over, somebody has run it. */
    private Edit put(String app) {
        Spec spec = spec();
        if (spec.twist() == Spec.Twist.ADOPTS) {
            events.add(new Event.LookAlike(moment(), app, Event.Disguise.PREDECESSOR));
        }
        return new Tree.Put(app, spec);
    }

    private Edit job() {
        String job = random.nextBoolean() ? "import" : "tidy";
        return random.nextInt(3) == 0
                ? new Tree.RemoveJob(job)
                : new Tree.PutJob(job, pick(Tree.Work.values()));
    }

    private Spec spec() {
        Spec.Image image =
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> Spec.Image.QUICK;
                    case 3, 4 -> Spec.Image.OTHER;
                    case 5 -> Spec.Image.SLOW;
                    case 6, 7 -> Spec.Image.FALLS;
                    case 8 -> Spec.Image.NEVER_READY;
                    default -> Spec.Image.ENDS_AT_ONCE;
                };
        Spec.Twist twist = random.nextInt(2) == 0 ? Spec.Twist.NONE : pick(Spec.Twist.values());
        if (twist == Spec.Twist.SECRET && random.nextInt(SECRETS) > 0) {
            twist = Spec.Twist.NONE;
        }
        return new Spec(image, random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(2), twist);
    }

    private Event other() {
        Duration at = moment();
        return switch (random.nextInt(22)) {
            case 0, 1, 2, 3, 4 ->
                    new Event.Drift(at, calls(), pick(Event.Hand.values()), random.nextInt(8));
            case 5 ->
                    new Event.LookAlike(
                            at,
                            apps.get(random.nextInt(apps.size())),
                            pick(Event.Disguise.values()));
            case 6 ->
                    new Event.EngineSlow(at, Duration.ofMillis(1 + random.nextInt(3000)), lasts());
            case 7, 8 -> fails(at);
            case 9 -> new Event.EngineGone(at, calls(), lasts());
            case 10 -> new Event.EdgeGone(at, calls(), lasts());
            case 11 -> new Event.EdgeForgets(at, calls());
            case 12 -> new Event.EdgeLosesAnswer(at);
            case 13, 14, 15 ->
                    new Event.Kill(
                            at,
                            calls(),
                            random.nextBoolean(),
                            Duration.ofMillis(random.nextInt(60_000)));
            case 16 ->
                    new Event.ClockJumps(at, Duration.ofSeconds(random.nextInt(-100_000, 100_000)));
            case 17 -> new Event.GitTrouble(at, pick(Event.Trouble.values()), lasts());
            case 18 -> new Event.Triggers(at, calls(), 1 + random.nextInt(4));
            case 19 -> new Event.DatabaseGone(at, lasts());
            case 20 -> new Event.TriggersReordered(at, lasts());
            default -> new Event.TriggersLost(at, lasts());
        };
    }

    /** An answer is lost of what may have had an effect; of all else that is a failure. */
    private Event fails(Duration at) {
        boolean rivals = events.stream().anyMatch(Event.Rival.class::isInstance);
        List<EngineCall> calls = rivals && random.nextInt(3) == 0 ? FAILING_OF_RIVALS : FAILING;
        EngineCall call = calls.get(random.nextInt(calls.size()));
        return new Event.EngineFails(at, call, call.write() && random.nextBoolean());
    }

    private Duration moment() {
        return switch (random.nextInt(4)) {
            case 0 -> Duration.ofMillis(random.nextLong(SPAN.toMillis()));
            case 1 -> lastCommit.plusMillis(random.nextInt(30_000));
            default -> lastCommit.plusMillis(random.nextInt(2));
        };
    }

    private Duration lasts() {
        return Duration.ofMillis(1000 + random.nextInt(random.nextBoolean() ? 10_000 : 400_000));
    }

    private int calls() {
        return random.nextBoolean() ? 0 : random.nextInt(60);
    }

    private <E> E pick(E[] all) {
        return all[random.nextInt(all.length)];
    }
}

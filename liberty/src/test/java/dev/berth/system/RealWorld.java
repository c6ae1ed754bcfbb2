package dev.berth.system;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes the events of a history happen to a real Berth. What only a made-up world can do (a slow
 * call, a lost answer, another time of day) does not happen here; everything else is real: pushes,
 * people's hands, kill -9 of control, edge and engine.
 */
final class RealWorld {
    private final Berth berth;
    private final RealRepo repo;
    private final RealHands hands;
    private final DataMarks data;
    private final ServiceWatch watch;
    private final List<String> story = new ArrayList<>();
    private final Map<String, Integer> kills = new HashMap<>();
    private boolean engineGone;

    RealWorld(Berth berth, RealRepo repo, RealHands hands, DataMarks data, ServiceWatch watch) {
        this.berth = berth;
        this.repo = repo;
        this.hands = hands;
        this.data = data;
        this.watch = watch;
    }

    /** Makes the images of all apps; an image of an app that is there stays. */
    static void makeImages(DockerClient docker, List<String> apps) throws IOException {
        for (Spec.Image image : Spec.Image.values()) {
            Path context = Files.createTempDirectory("berth-simulation");
            Files.writeString(
                    context.resolve("Dockerfile"),
                    "FROM busybox:1\nRUN mkdir /www && echo %s > /www/index.html\nCMD %s\n"
                            .formatted(image, command(image)));
            docker.buildImageCmd(context.toFile())
                    .withTags(
                            Set.copyOf(
                                    apps.stream().map(app -> Spec.reference(app, image)).toList()))
                    .exec(new BuildImageResultCallback())
                    .awaitImageId();
            Files.delete(context.resolve("Dockerfile"));
            Files.delete(context);
        }
    }

    private static String command(Spec.Image image) {
        return switch (image) {
            case QUICK, OTHER -> "exec httpd -f -p 80 -h /www";
            case SLOW -> "sleep 4; exec httpd -f -p 80 -h /www";
            case NEVER_READY -> "exec sleep 3600";
            case ENDS_AT_ONCE -> "echo no database; exit 1";
            case FALLS -> "httpd -p 80 -h /www; sleep 15; exit 1";
        };
    }

    /** Lets it happen; when it returns, all that was taken away is back. */
    void live(Scenario scenario) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        for (Scenario.Moment moment : scenario.moments()) {
            Duration gone = Duration.ofNanos(System.nanoTime() - begin);
            Duration left = moment.at().minus(gone);
            if (left.isPositive()) {
                Thread.sleep(left);
            }
            gone = Duration.ofNanos(System.nanoTime() - begin);
            story.add(
                    "%5d ms %s%s"
                            .formatted(
                                    gone.toMillis(),
                                    moment.over() ? "end of " : "",
                                    moment.event()));
            if (moment.over()) {
                over(moment.event());
            } else {
                happen(moment.event());
            }
            if (!engineGone) {
                data.leave();
            }
        }
        if (engineGone) {
            reviveEngine();
        }
        repo.mend();
    }

    private void happen(Event event) throws IOException {
        switch (event) {
            case Event.Commit _, Event.ForcePush _, Event.Revert _ -> repo.take(event);
            case Event.GitTrouble(_, Event.Trouble trouble, _) -> repo.spoil(trouble);
            case Event.Drift(_, _, var hand, int victim) -> {
                if (!engineGone) {
                    hands.lay(hand, victim);
                }
            }
            case Event.LookAlike(_, var app, var disguise) -> {
                if (!engineGone) {
                    hands.lookAlike(app, disguise);
                }
            }
            case Event.EngineGone _ -> {
                if (!engineGone) {
                    engineGone = true;
                    PrivateEngine.kill();
                    kills.merge("engine", 1, Integer::sum);
                }
            }
            case Event.EdgeGone _ -> killEdge();
            case Event.EdgeForgets _ -> {
                Files.deleteIfExists(berth.home.resolve("edge/snapshot.json"));
                killEdge();
            }
            case Event.Kill _ -> kill("control");
            case Event.EngineSlow _,
                    Event.EngineFails _,
                    Event.EdgeLosesAnswer _,
                    Event.ClockJumps _,
                    Event.Triggers _,
                    Event.DatabaseGone _,
                    Event.Rival _,
                    Event.TriggersLost _,
                    Event.TriggersReordered _ ->
                    story.add("         not in this world");
        }
    }

    private void over(Event event) throws IOException {
        if (event instanceof Event.EngineGone && engineGone) {
            reviveEngine();
        } else if (event instanceof Event.GitTrouble) {
            repo.mend();
        }
    }

    private void reviveEngine() {
        PrivateEngine.revive();
        engineGone = false;
    }

    private void killEdge() {
        watch.edgeEnds();
        kill("edge");
        watch.edgeEnded();
    }

    /** What is dead already, and not yet started again, stays so. */
    private void kill(String process) {
        if (berth.runs(process)) {
            berth.kill(process);
            kills.merge(process, 1, Integer::sum);
        } else {
            story.add("         " + process + " is not there");
        }
    }

    /** How often control, edge or engine was killed. */
    int kills(String process) {
        return kills.getOrDefault(process, 0);
    }

    /** What happened, a line each. */
    String story() {
        return String.join("\n", story) + "\nhands: " + hands.story();
    }
}

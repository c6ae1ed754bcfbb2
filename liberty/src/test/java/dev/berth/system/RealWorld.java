package dev.berth.system;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.History;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the events of a history happen to a real Berth, in a twentieth of the time. What only a
 * made-up world can do (a slow call, a lost answer, another time of day) does not happen here;
 * everything else is real: pushes, people's hands, kill -9 of control, edge and engine.
 */
final class RealWorld {
    private static final Logger LOG = LoggerFactory.getLogger(RealWorld.class);
    private static final int FASTER = 20;

    private final Berth berth;
    private final List<Tree> branch = new ArrayList<>(List.of(Tree.FIRST));
    private final Set<String> strangers = new TreeSet<>();
    private final Set<String> volumes = new TreeSet<>();

    RealWorld(Berth berth) {
        this.berth = berth;
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
        };
    }

    /** What was pushed last. */
    Tree head() {
        return branch.getLast();
    }

    /** Containers that people run beside Berth. */
    Set<String> strangers() {
        return Set.copyOf(strangers);
    }

    /** Volumes that were ever seen. */
    Set<String> volumes() {
        return Set.copyOf(volumes);
    }

    /** Lets a history happen; when it returns, all that was taken away is back. */
    void live(History history) throws Exception {
        List<Map.Entry<Duration, Deed>> deeds = new ArrayList<>();
        for (Event event : history.events()) {
            deeds.add(Map.entry(event.at(), () -> happen(event)));
            Duration lasts = lasts(event);
            if (!lasts.isZero()) {
                deeds.add(Map.entry(event.at().plus(lasts), () -> over(event)));
            }
        }
        deeds.sort(Map.Entry.comparingByKey());
        Duration now = Duration.ZERO;
        for (Map.Entry<Duration, Deed> deed : deeds) {
            Thread.sleep(deed.getKey().minus(now).dividedBy(FASTER));
            now = deed.getKey();
            deed.getValue().run();
            seeVolumes();
        }
    }

    private interface Deed {
        void run() throws Exception;
    }

    private static Duration lasts(Event event) {
        return switch (event) {
            case Event.GitTrouble trouble -> trouble.lasts();
            case Event.EngineGone gone -> gone.lasts();
            case Event.Commit _,
                    Event.ForcePush _,
                    Event.Revert _,
                    Event.Drift _,
                    Event.LookAlike _,
                    Event.EngineSlow _,
                    Event.EngineFails _,
                    Event.EdgeGone _,
                    Event.EdgeForgets _,
                    Event.EdgeLosesAnswer _,
                    Event.Kill _,
                    Event.ClockJumps _,
                    Event.Triggers _,
                    Event.DatabaseGone _,
                    Event.TriggersLost _ ->
                    Duration.ZERO;
        };
    }

    private void happen(Event event) throws IOException {
        LOG.info("{}", event);
        switch (event) {
            case Event.Commit(_, _, var edits) -> {
                Tree next = head();
                for (Tree.Edit edit : edits) {
                    next = next.with(edit);
                }
                push(next);
            }
            case Event.ForcePush(_, int back) -> forcePush(back);
            case Event.Revert _ -> push(branch.get(Math.max(0, branch.size() - 2)));
            case Event.GitTrouble(_, Event.Trouble trouble, _) -> spoilRepo(trouble);
            case Event.Drift(_, _, var hand, int victim) -> lay(hand, victim);
            case Event.LookAlike(_, var app, var disguise) -> lookAlike(app, disguise);
            case Event.EngineGone _ -> PrivateEngine.kill();
            case Event.EdgeGone _ -> berth.kill("edge");
            case Event.EdgeForgets _ -> {
                Files.deleteIfExists(berth.home.resolve("edge/snapshot.json"));
                berth.kill("edge");
            }
            case Event.Kill _ -> berth.kill("control");
            case Event.EngineSlow _,
                    Event.EngineFails _,
                    Event.EdgeLosesAnswer _,
                    Event.ClockJumps _,
                    Event.Triggers _,
                    Event.DatabaseGone _,
                    Event.TriggersLost _ ->
                    LOG.info("can't be done to a real one");
        }
    }

    private void over(Event event) throws IOException {
        if (event instanceof Event.EngineGone) {
            PrivateEngine.revive();
        } else if (event instanceof Event.GitTrouble) {
            mendRepo();
        }
    }

    // ---- Git ----------------------------------------------------------------------------------

    void push(Tree tree) throws IOException {
        mendRepo();
        branch.add(tree);
        try (Stream<Path> old = Files.walk(berth.clone)) {
            for (Path file : old.filter(Files::isRegularFile).toList()) {
                if (!berth.clone.relativize(file).startsWith(".git")) {
                    Files.delete(file);
                }
            }
        }
        tree.files().forEach((file, text) -> berth.write(file, real(text)));
        berth.push("commit " + branch.size());
    }

    /** The names and times of this world. */
    private String real(String text) {
        return text.replace("metadata: {name: home}", "metadata: {name: " + berth.instance + "}")
                .replace("spec: {source:", "spec: {domain: localhost, source:")
                .replace("interval: 5s, deadline: 60s", "interval: 1s, deadline: 10s");
    }

    private void forcePush(int back) throws IOException {
        mendRepo();
        int steps = Math.min(back, branch.size() - 2);
        if (steps > 0) {
            branch.subList(branch.size() - steps, branch.size()).clear();
            Berth.git(berth.clone, "reset", "-q", "--hard", "HEAD~" + steps);
            Berth.git(berth.clone, "push", "-q", "--force", "origin", "HEAD:main");
        }
    }

    private void spoilRepo(Event.Trouble trouble) throws IOException {
        mendRepo();
        switch (trouble) {
            case UNREACHABLE, TRUNCATED -> Files.move(berth.repo, away());
            case BRANCH_GONE, REWOUND ->
                    Berth.git(berth.repo, "update-ref", "-d", "refs/heads/main");
        }
    }

    private void mendRepo() throws IOException {
        if (Files.exists(away())) {
            Files.move(away(), berth.repo);
        }
        Berth.git(berth.clone, "push", "-q", "--force", "origin", "HEAD:main");
    }

    private Path away() {
        return berth.repo.resolveSibling("moved.git");
    }

    // ---- people's hands -----------------------------------------------------------------------

    private void lay(Event.Hand hand, int number) {
        List<Container> all =
                berth.containers.all().stream()
                        .sorted(Comparator.comparing(c -> c.getNames()[0]))
                        .toList();
        if (all.isEmpty()) {
            return;
        }
        Container victim = all.get(number % all.size());
        DockerClient docker = berth.containers.docker();
        String id = victim.getId();
        try {
            switch (hand) {
                case REMOVE -> docker.removeContainerCmd(id).withForce(true).exec();
                case STOP -> docker.stopContainerCmd(id).withTimeout(0).exec();
                case PAUSE -> docker.pauseContainerCmd(id).exec();
                case CRASH, CRASH_LOOP -> docker.killContainerCmd(id).exec();
                case RENAME -> docker.renameContainerCmd(id).withName("was_" + id).exec();
                case START -> docker.startContainerCmd(id).exec();
                case SET_MEMORY ->
                        docker.updateContainerCmd(id)
                                .withMemory(64L << 20)
                                .withMemorySwap(64L << 20)
                                .exec();
                case SET_RESTART_POLICY ->
                        docker.updateContainerCmd(id)
                                .withRestartPolicy(RestartPolicy.noRestart())
                                .exec();
                case DISCONNECT -> disconnect(victim);
                case REMOVE_NETWORK, REMOVE_IMAGE -> LOG.info("in use: the engine would refuse");
            }
        } catch (DockerException e) {
            LOG.info("{} of {}: {}", hand, victim.getNames()[0], e.getMessage());
        }
    }

    private void disconnect(Container victim) {
        Objects.requireNonNull(victim.getNetworkSettings())
                .getNetworks()
                .keySet()
                .forEach(
                        network ->
                                berth.containers
                                        .docker()
                                        .disconnectFromNetworkCmd()
                                        .withContainerId(victim.getId())
                                        .withNetworkId(network)
                                        .exec());
    }

    private void lookAlike(String app, Event.Disguise disguise) {
        String name = "berth_%s_%s_web_%d".formatted(berth.instance, app, strangers.size() + 1);
        String id =
                berth.containers
                        .docker()
                        .createContainerCmd("busybox:1")
                        .withName(name)
                        .withCmd("sleep", "3600")
                        .withLabels(labels(app, disguise))
                        .exec()
                        .getId();
        berth.containers.docker().startContainerCmd(id).exec();
        strangers.add(id);
    }

    private Map<String, String> labels(String app, Event.Disguise disguise) {
        return switch (disguise) {
            case NAME -> Map.of();
            case COMPOSE_LABELS ->
                    Map.of(
                            Labels.COMPOSE_PROJECT,
                            berth.instance + "-" + app,
                            Labels.COMPOSE_SERVICE,
                            "web");
            case OTHER_INSTANCE ->
                    Map.of(
                            Labels.INSTANCE, "other",
                            Labels.KIND, "app",
                            Labels.NAME, app,
                            Labels.PROCESS, "web",
                            Labels.SLOT, "1");
            case HALF_OUR_LABELS -> Map.of(Labels.INSTANCE, berth.instance, Labels.KIND, "app");
        };
    }

    private void seeVolumes() {
        try {
            berth.containers.docker().listVolumesCmd().exec().getVolumes().stream()
                    .map(InspectVolumeResponse::getName)
                    .filter(name -> name.startsWith("berth_" + berth.instance + "_"))
                    .forEach(volumes::add);
        } catch (RuntimeException e) {
            LOG.info("the engine is gone: {}", e.getMessage());
        }
    }

    /** Removes what people ran. */
    void tidyUp() {
        for (String id : strangers) {
            berth.containers.docker().removeContainerCmd(id).withForce(true).exec();
        }
        strangers.clear();
    }
}

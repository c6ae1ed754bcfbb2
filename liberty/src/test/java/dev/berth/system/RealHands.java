package dev.berth.system;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.simulation.Event;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What people do to a real engine behind Berth's back. Needs an engine that is there. */
final class RealHands {
    private static final long MEMORY = 64L << 20;

    private final Berth berth;
    private final Promises promises;
    private final Set<String> strangers = new TreeSet<>();
    private final List<String> story = new ArrayList<>();

    RealHands(Berth berth, Promises promises) {
        this.berth = berth;
        this.promises = promises;
    }

    /** Of all containers of apps, the one that a number stands for; nothing where there is none. */
    void lay(Event.Hand hand, int number) {
        List<Container> all =
                berth.containers.all().stream()
                        .filter(container -> !strangers.contains(container.getId()))
                        .sorted(Comparator.comparing(c -> c.getNames()[0]))
                        .toList();
        if (all.isEmpty()) {
            return;
        }
        Container victim = all.get(number % all.size());
        promises.hit(victim.getLabels().getOrDefault(Labels.NAME, ""));
        String done = "done";
        try {
            lay(hand, victim);
        } catch (DockerException e) { // it is not as it must be for this
            done = String.valueOf(e.getMessage());
        }
        story.add("%s of %s: %s".formatted(hand, victim.getNames()[0], done));
    }

    private void lay(Event.Hand hand, Container victim) {
        DockerClient docker = berth.containers.docker();
        String id = victim.getId();
        switch (hand) {
            case REMOVE -> docker.removeContainerCmd(id).withForce(true).exec();
            case STOP -> docker.stopContainerCmd(id).withTimeout(0).exec();
            case PAUSE -> docker.pauseContainerCmd(id).exec();
            case CRASH, CRASH_LOOP -> docker.killContainerCmd(id).exec();
            case RENAME -> docker.renameContainerCmd(id).withName("was_" + id).exec();
            case START -> docker.startContainerCmd(id).exec();
            case SET_MEMORY ->
                    docker.updateContainerCmd(id).withMemory(MEMORY).withMemorySwap(MEMORY).exec();
            case SET_RESTART_POLICY ->
                    docker.updateContainerCmd(id)
                            .withRestartPolicy(RestartPolicy.noRestart())
                            .exec();
            case DISCONNECT ->
                    Objects.requireNonNull(victim.getNetworkSettings())
                            .getNetworks()
                            .keySet()
                            .forEach(network -> disconnect(id, network));
            case REMOVE_NETWORK, REMOVE_IMAGE -> {} // in use: the engine would refuse
        }
    }

    private void disconnect(String container, String network) {
        berth.containers
                .docker()
                .disconnectFromNetworkCmd()
                .withContainerId(container)
                .withNetworkId(network)
                .exec();
    }

    /** Somebody runs a container that looks like one of an app's. */
    void lookAlike(String app, Event.Disguise disguise) {
        DockerClient docker = berth.containers.docker();
        String id =
                docker.createContainerCmd("busybox:1")
                        .withName(
                                "berth_%s_%s_web_%d"
                                        .formatted(berth.instance, app, strangers.size() + 1))
                        .withCmd("sleep", "3600")
                        .withLabels(labels(app, disguise))
                        .exec()
                        .getId();
        strangers.add(id);
        docker.startContainerCmd(id).exec();
    }

    private Map<String, String> labels(String app, Event.Disguise disguise) {
        return switch (disguise) {
            case NAME, PREDECESSOR -> Map.of();
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

    /** Containers that people run beside Berth. */
    Set<String> strangers() {
        return Set.copyOf(strangers);
    }

    /** Those of them that still run. */
    Set<String> runningStrangers() {
        Set<String> running = new TreeSet<>(strangers);
        running.retainAll(
                berth.containers.docker().listContainersCmd().exec().stream()
                        .map(Container::getId)
                        .toList());
        return running;
    }

    /** Who was hit, and what the engine said to it. */
    List<String> story() {
        return List.copyOf(story);
    }

    /** Removes what people ran. */
    void tidyUp() {
        for (String id : strangers) {
            berth.containers.docker().removeContainerCmd(id).withForce(true).exec();
        }
        strangers.clear();
    }
}

package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Network;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Whether what runs and is served is what the newest commit says, all of it, and stays so. */
final class Fulfilment {
    private final Berth berth;
    private final RealRepo repo;
    private final Promises promises;

    Fulfilment(Berth berth, RealRepo repo, Promises promises) {
        this.berth = berth;
        this.repo = repo;
        this.promises = promises;
    }

    /** Waits until each app is as declared, and nothing is there beside. */
    void await() {
        berth.await("a pass over the newest commit", () -> revision().contains(repo.commit()));
        Map<String, Tree.Doc> apps = repo.head().apps();
        apps.forEach((app, doc) -> await(app, doc.spec()));
        berth.await(
                "no container or network but those of " + apps.keySet(),
                () -> apps.keySet().containsAll(owners()));
    }

    private void await(String app, Spec spec) {
        int wanted = spec.twist() == Spec.Twist.SUSPENDED ? 0 : spec.replicas();
        List<String> images = Collections.nCopies(wanted, spec.reference(app));
        berth.await(
                "%s to run as %s".formatted(app, images),
                () -> images(app).equals(images) || gaveUpWhatWasHit(app));
        if (spec.serves()) {
            berth.await(
                    "%s to be served and ready".formatted(app),
                    () -> isServed(app, spec.image()) || gaveUpWhatWasHit(app));
        }
    }

    private boolean isServed(String app, Spec.Image image) throws Exception {
        return berth.get(app + ".localhost", "/").body().strip().equals(image.name())
                && is(app, "Ready");
    }

    /** A release that somebody stopped while it got ready is as bad as any: people must look. */
    private boolean gaveUpWhatWasHit(String app) throws Exception {
        return promises.wasHit(app) && is(app, "Stalled");
    }

    private boolean is(String app, String condition) throws Exception {
        return "True".equals(berth.condition("app/" + app, condition).path("status").asString());
    }

    /** Of all containers of an app, whatever they do. */
    private List<String> images(String app) {
        return berth.containers.of(app).stream()
                .map(c -> "running".equals(c.getState()) ? c.getImage() : c.getState())
                .toList();
    }

    /** Apps that own something on the engine. */
    private Set<String> owners() {
        Set<String> owners = new TreeSet<>();
        for (Container container : berth.containers.all()) {
            add(container.getLabels(), owners);
        }
        for (Network network : berth.containers.docker().listNetworksCmd().exec()) {
            add(Objects.requireNonNullElse(network.getLabels(), Map.of()), owners);
        }
        return owners;
    }

    private void add(Map<String, String> labels, Set<String> owners) {
        String name = labels.get(Labels.NAME);
        if (berth.instance.equals(labels.get(Labels.INSTANCE)) && name != null) {
            owners.add(name);
        }
    }

    /** Another commit says the same: a pass over it asks the engine for nothing. */
    void assertCalm() throws Exception {
        List<String> writes = new ArrayList<>();
        berth.await(
                "a second without a write",
                () -> {
                    writes.add(berth.metric("berth_engine_writes_total"));
                    return Collections.frequency(writes, writes.getLast()) > 10;
                });
        Set<String> ids = berth.containers.ids();

        berth.push("nothing new");
        berth.await("a pass over it", () -> revision().contains(repo.commit()));

        assertThat(berth.metric("berth_engine_writes_total")).isEqualTo(writes.getLast());
        assertThat(berth.containers.ids()).isEqualTo(ids);
        boolean allAsDeclared = true;
        for (String app : repo.head().apps().keySet()) {
            allAsDeclared &= !gaveUpWhatWasHit(app);
        }
        if (allAsDeclared) {
            assertThat(berth.api("plan").path("plan").asString()).contains("nothing to change");
            assertThat(berth.launcher("plan", "main").output()).contains("nothing to change");
        }
    }

    private String revision() throws Exception {
        JsonNode plan = berth.api("plan");
        return plan.path("revision").asString();
    }
}

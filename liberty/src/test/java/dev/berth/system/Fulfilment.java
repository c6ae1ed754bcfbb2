package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Network;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.simulation.SimSecrets;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        Tree head = repo.head();
        head.apps().forEach((app, doc) -> await(app, doc.spec()));
        head.jobs().forEach(this::await);
        Set<String> declared = new TreeSet<>(head.apps().keySet());
        declared.addAll(head.jobs().keySet());
        berth.await(
                "no container or network but those of " + declared,
                () -> declared.containsAll(owners()));
    }

    /** Once it has ended, and it has run once. */
    private void await(String job, Tree.Work work) {
        String condition =
                switch (work) {
                    case ENDS -> "Ready";
                    case FAILS, GOES_ON -> "Stalled";
                };
        berth.await(
                "%s, which %s, to be %s".formatted(job, work, condition),
                () -> is("job/" + job, condition) || promises.wasHit(job));
        assertThat(berth.containers.of(job)).as("runs of " + job).hasSizeLessThanOrEqualTo(1);
    }

    private void await(String app, Spec spec) {
        int wanted = spec.twist() == Spec.Twist.SUSPENDED ? 0 : spec.replicas();
        List<String> images = Collections.nCopies(wanted, spec.reference(app));
        Set<String> given = given(app, spec);
        berth.await(
                "%s to run as %s with %s".formatted(app, images, given),
                () ->
                        (images(app).equals(images) && areGiven(app, given))
                                || gaveUpWhatWasHit(app));
        if (spec.serves()) {
            berth.await(
                    "%s to be served and ready".formatted(app),
                    () -> isServed(app, spec.image()) || gaveUpWhatWasHit(app));
        }
    }

    private boolean isServed(String app, Spec.Image image) throws Exception {
        return berth.get(app + ".localhost", "/").body().strip().equals(image.name())
                && is("app/" + app, "Ready");
    }

    /** A release that somebody stopped while it got ready is as bad as any: people must look. */
    private boolean gaveUpWhatWasHit(String app) throws Exception {
        return promises.wasHit(app) && is("app/" + app, "Stalled");
    }

    private boolean is(String resource, String condition) throws Exception {
        return "True".equals(berth.condition(resource, condition).path("status").asString());
    }

    /** Of all containers of its processes, whatever they do. */
    private List<String> images(String app) {
        return processes(app)
                .map(c -> "running".equals(c.getState()) ? c.getImage() : c.getState())
                .toList();
    }

    /** Those that have run a command for it and ended stay, for their logs. */
    private Stream<Container> processes(String app) {
        return berth.containers.of(app).stream()
                .filter(c -> !c.getLabels().containsKey(Labels.ROLE));
    }

    /** The variables that the config gives it. */
    private Set<String> given(String app, Spec spec) {
        Tree head = repo.head();
        Set<String> given = new TreeSet<>();
        if (spec.twist() == Spec.Twist.GROUPED) {
            given.add("SHARED=" + head.value());
        }
        if (spec.twist() == Spec.Twist.SECRET) {
            given.add("TOKEN=" + SimSecrets.value(head.secret()));
        }
        if (head.isLaidOver(app)) {
            given.add("LAID=" + head.value());
        }
        return given;
    }

    private boolean areGiven(String app, Set<String> wanted) {
        return processes(app)
                .map(c -> berth.containers.inspect(c).getConfig().getEnv())
                .allMatch(
                        env ->
                                Stream.of(Objects.requireNonNullElse(env, new String[0]))
                                        .filter(v -> v.matches("(SHARED|TOKEN|LAID)=.*"))
                                        .collect(Collectors.toSet())
                                        .equals(wanted));
    }

    /** Who owns something on the engine. */
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

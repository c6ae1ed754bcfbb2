package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.model.Container;
import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Generator;
import dev.berth.reconciler.simulation.History;
import dev.berth.reconciler.simulation.Spec;
import dev.berth.reconciler.simulation.Tree;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Histories of the simulation, on the real thing: control, edge and engine are killed with kill -9,
 * people push and lay hands on containers. When all that is over, what runs and is served is what
 * the repo says.
 */
class SimulationIT {
    private static final int HISTORIES = 4;
    private static final List<String> APPS = List.of("shop", "api", "blog", "mail", "wiki");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir static Path directory;
    private static Berth berth = new Berth();

    private RealWorld world = new RealWorld(berth);

    @BeforeAll
    static void up() throws Exception {
        berth = new Berth(directory);
        RealWorld.makeImages(berth.containers.docker(), APPS);
        berth.push("begin").up();
    }

    @AfterAll
    static void down() {
        berth.close();
    }

    @AfterEach
    void clear() throws Exception {
        PrivateEngine.revive();
        world.push(Tree.FIRST.with(new Tree.AllowDeletes(APPS.size())));
        world.tidyUp();
        berth.await("no container left", () -> berth.containers.all().isEmpty());
    }

    /**
     * The first seeds with a kill of control, and among them the first two that kill the engine.
     */
    static LongStream seeds() {
        LongStream engine = killing(Event.EngineGone.class).limit(2);
        LongStream control = killing(Event.Kill.class).limit(HISTORIES);
        return LongStream.concat(engine, control).distinct().limit(HISTORIES);
    }

    private static LongStream killing(Class<? extends Event> how) {
        return LongStream.iterate(1, seed -> seed + 1)
                .filter(
                        seed ->
                                Generator.history(seed).events().stream()
                                        .anyMatch(how::isInstance));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void history_faultsStop_whatRunsIsWhatTheRepoSays(long seed) throws Exception {
        world = new RealWorld(berth);
        History history = Generator.history(seed);

        world.live(history);

        PrivateEngine.revive();
        for (Map.Entry<String, Tree.Doc> app : world.head().apps().entrySet()) {
            if (app.getValue().damage() == null && !world.head().emptied()) {
                awaitAsDeclared(seed, app.getKey(), app.getValue().spec());
            }
        }
        awaitNothingOfNobody(seed);
        awaitCalm(seed);
        assertThat(runningStrangers()).as("seed %d", seed).isEqualTo(world.strangers());
        assertThat(volumes()).as("seed %d", seed).containsAll(world.volumes());
    }

    private void awaitAsDeclared(long seed, String app, Spec spec) {
        switch (spec.image()) {
            case NEVER_READY, ENDS_AT_ONCE -> {} // keeps what served, if anything did
            case QUICK, OTHER, SLOW -> {
                int wanted = spec.twist() == Spec.Twist.SUSPENDED ? 0 : spec.replicas();
                await(
                        "seed %d: %d of %s".formatted(seed, wanted, spec.reference(app)),
                        () -> images(app).equals(copies(wanted, spec.reference(app))));
                if (spec.serves()) {
                    await(
                            "seed %d: %s to be served".formatted(seed, app),
                            () ->
                                    berth.get(app + ".localhost", "/")
                                            .body()
                                            .strip()
                                            .equals(spec.image().name()));
                }
            }
        }
    }

    private static List<String> copies(int times, String image) {
        return java.util.Collections.nCopies(times, image);
    }

    private static List<String> images(String app) {
        return berth.containers.of(app).stream()
                .filter(container -> "running".equals(container.getState()))
                .map(Container::getImage)
                .toList();
    }

    /** Containers are there for resources that Berth knows. */
    private static void awaitNothingOfNobody(long seed) {
        await(
                "seed %d: no container of an app that is gone".formatted(seed),
                () -> {
                    String known = berth.api("resources").toString();
                    return berth.containers.all().stream()
                            .map(container -> container.getLabels().get("dev.berth.name"))
                            .allMatch(
                                    name ->
                                            name == null // of people, who gave it half our labels
                                                    || known.contains("app/" + name));
                });
    }

    /** Passes go on and change nothing. */
    private static void awaitCalm(long seed) {
        Set<String> before = berth.containers.ids();
        await(
                "seed %d: a pass with nothing to do".formatted(seed),
                () -> berth.api("passes").get(0).path("changes").isEmpty());
        assertThat(berth.containers.ids()).as("seed %d", seed).isEqualTo(before);
    }

    private static void await(String what, java.util.concurrent.Callable<Boolean> so) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(250))
                .ignoreExceptions()
                .until(so);
    }

    private Set<String> runningStrangers() {
        return berth.containers.docker().listContainersCmd().exec().stream()
                .map(Container::getId)
                .filter(world.strangers()::contains)
                .collect(java.util.stream.Collectors.toUnmodifiableSet());
    }

    private static List<String> volumes() {
        return berth.containers.docker().listVolumesCmd().exec().getVolumes().stream()
                .map(InspectVolumeResponse::getName)
                .toList();
    }
}

package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.SimSecrets;
import dev.berth.reconciler.simulation.Tree;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Histories of the simulation, on the real thing: control, edge and engine are killed with kill -9,
 * people push and lay hands on containers. All the while what was served is served, unless its own
 * spec or somebody's hand stops it; when all is over, what runs is what the repo says, to the
 * letter, and nothing is left to do. They are lived one after another by the same Berth: each
 * begins when the apps of the one before are gone. Those from a seed on with {@code
 * -Dberth.simulation.seed=}, more of them with {@code -Dberth.simulation.real=}.
 */
@Tag("alone")
@ExtendWith(EngineTurn.class)
class SimulationIT {
    private static final int HISTORIES = Integer.getInteger("berth.simulation.real", 2);
    private static final List<String> APPS = List.of("shop", "api", "blog", "mail", "wiki");

    @TempDir static Path directory;
    private static Berth berth = new Berth();

    @BeforeAll
    static void up() throws Exception {
        berth = new Berth(directory);
        RealWorld.makeImages(berth.containers.docker(), APPS);
        berth.push("begin").up();
        SimSecrets.addKey(berth.home);
    }

    @AfterAll
    static void down() {
        PrivateEngine.revive();
        berth.close();
    }

    static Stream<Named<Scenario>> histories() {
        Long seed = Long.getLong("berth.simulation.seed");
        Stream<Scenario> histories =
                seed == null
                        ? Selection.ofMany(HISTORIES).stream()
                        : Selection.from(seed).limit(HISTORIES);
        return histories.map(history -> Named.of("seed " + history.seed(), history));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("histories")
    void history_killsAndHands_servesOnAndEndsAsTheRepoSays(Scenario history, TestReporter reporter)
            throws Exception {
        Promises promises = new Promises();
        RealRepo repo = new RealRepo(berth, promises);
        RealHands hands = new RealHands(berth, promises);
        DataMarks data = new DataMarks(berth, promises);
        try (ServiceWatch watch = new ServiceWatch(berth.http, promises, APPS)) {
            RealWorld world = new RealWorld(berth, repo, hands, data, watch);
            try {
                world.live(history);
                Fulfilment end = new Fulfilment(berth, repo, promises);
                end.await();
                end.assertCalm();

                assertThat(watch.lapses()).isEmpty();
                assertThat(data.lost()).isEmpty();
                assertThat(hands.runningStrangers()).isEqualTo(hands.strangers());
                assertThat(List.of(world.kills("control"), world.kills("engine")))
                        .allMatch(times -> times > 0);
                reporter.publishEntry("seed " + history.seed(), world.story() + "\n" + watch);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed %d: %s%nwatched: %s%nlapses: %s%nstory:%n%s"
                                .formatted(
                                        history.seed(),
                                        e.getMessage(),
                                        watch,
                                        watch.lapses(),
                                        world.story()),
                        e);
            } finally {
                PrivateEngine.revive();
                hands.tidyUp();
            }
        }
        repo.push(Tree.FIRST.with(new Tree.AllowDeletes(APPS.size() + 2)));
        berth.await("no container left", () -> berth.containers.all().isEmpty());
        assertThat(data.lost()).as("data of apps that are gone").isEmpty();
        berth.containers.removeVolumes();
    }
}

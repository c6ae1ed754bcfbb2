package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Tree;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Histories of the simulation, on the real thing: control, edge and engine are killed with kill -9,
 * people push and lay hands on containers. All the while what was served is served, unless its own
 * spec or somebody's hand stops it; when all is over, what runs is what the repo says, to the
 * letter, and nothing is left to do. Another history with {@code -Dberth.simulation.seed=}, more of
 * them with {@code -Dberth.simulation.real=}.
 */
@Tag("alone")
class SimulationIT {
    private static final long FIRST = Long.getLong("berth.simulation.seed", 1L);
    private static final int HISTORIES = Integer.getInteger("berth.simulation.real", 1);
    private static final List<String> APPS = List.of("shop", "api", "blog", "mail", "wiki");

    @TempDir static Path directory;
    private static Berth berth = new Berth();

    @BeforeAll
    static void up() throws Exception {
        berth = new Berth(directory);
        RealWorld.makeImages(berth.containers.docker(), APPS);
        berth.push("begin").up();
    }

    @AfterAll
    static void down() {
        PrivateEngine.revive();
        berth.close();
    }

    static LongStream seeds() {
        return LongStream.iterate(FIRST, seed -> seed + 1)
                .filter(seed -> Scenario.of(seed).tells())
                .limit(HISTORIES);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void history_killsAndHands_servesOnAndEndsAsTheRepoSays(long seed, TestReporter reporter)
            throws Exception {
        Promises promises = new Promises();
        RealRepo repo = new RealRepo(berth, promises);
        RealHands hands = new RealHands(berth, promises);
        DataMarks data = new DataMarks(berth);
        try (ServiceWatch watch = new ServiceWatch(berth.http, promises, APPS)) {
            RealWorld world = new RealWorld(berth, repo, hands, data, watch);
            try {
                world.live(Scenario.of(seed));
                Fulfilment end = new Fulfilment(berth, repo, promises);
                end.await();
                end.assertCalm();

                assertThat(watch.lapses()).isEmpty();
                assertThat(data.lost()).isEmpty();
                assertThat(hands.runningStrangers()).isEqualTo(hands.strangers());
                assertThat(List.of(world.kills("control"), world.kills("engine")))
                        .allMatch(times -> times > 0);
                reporter.publishEntry("seed " + seed, world.story() + "\n" + watch);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed %d: %s%nwatched: %s%nlapses: %s%nstory:%n%s"
                                .formatted(
                                        seed, e.getMessage(), watch, watch.lapses(), world.story()),
                        e);
            } finally {
                PrivateEngine.revive();
                hands.tidyUp();
            }
        }
        repo.push(Tree.FIRST);
        berth.await("no container left", () -> berth.containers.all().isEmpty());
        assertThat(data.lost()).as("data of apps that are gone").isEmpty();
    }
}

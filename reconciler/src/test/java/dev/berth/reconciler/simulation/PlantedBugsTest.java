package dev.berth.reconciler.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Simulation.Broken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation finds what it is there to find. */
@Tag("simulation")
class PlantedBugsTest {
    private static final int HISTORIES = 500;

    /** Some bugs show only in what happens seldom. */
    private static final long SEEDS = 300_000;

    private static final int SMALL = 4;

    /** Some histories are stuck where no single event can be left out. */
    private static final int TRIES = 4;

    /** What may notice a mistake first. */
    private static final Map<Bugs, Set<String>> NOTICED_BY =
            Map.ofEntries(
                    Map.entry(
                            Bugs.UNREADABLE_IS_EMPTY,
                            Set.of("NO_DELETE_AFTER_UNKNOWN", "SERVED_GOES_ON_SERVING")),
                    Map.entry(
                            Bugs.UNSEEN_IS_EMPTY,
                            Set.of(
                                    "NO_DELETE_AFTER_UNKNOWN",
                                    "SERVED_GOES_ON_SERVING",
                                    "NO_DOUBLES",
                                    "CONVERGES")),
                    Map.entry(Bugs.TAKES_DATA_UNSEEN, Set.of("NO_DELETE_AFTER_UNKNOWN")),
                    Map.entry(Bugs.TAKES_RUNS_UNSEEN, Set.of("NO_DELETE_AFTER_UNKNOWN")),
                    Map.entry(Bugs.NO_LIMIT_OF_DELETES, Set.of("NO_DELETE_AFTER_UNKNOWN")),
                    Map.entry(Bugs.NEEDS_NO_IMAGES, Set.of("IMAGES_STAY")),
                    Map.entry(Bugs.SWITCH_BEFORE_READY, Set.of("ROUTES_ONLY_TO_READY")),
                    Map.entry(
                            Bugs.RETIRE_BEFORE_SWITCH,
                            Set.of("SERVED_GOES_ON_SERVING", "SWITCHED_BEFORE_STOPPED")),
                    Map.entry(Bugs.STOPS_BEFORE_SWITCH, Set.of("SWITCHED_BEFORE_STOPPED")),
                    Map.entry(Bugs.VOLUMES_GO_TOO, Set.of("DATA_STAYS")),
                    Map.entry(Bugs.CREATE_TWICE, Set.of("NO_DOUBLES")),
                    Map.entry(Bugs.TAKES_LOOK_ALIKES, Set.of("FOREIGN_UNTOUCHED")),
                    Map.entry(Bugs.READS_ONCE, Set.of("CONVERGES", "STATUS_TRUE")),
                    Map.entry(
                            Bugs.NEVER_THE_SAME,
                            Set.of(
                                    "MADE_AS_DECLARED",
                                    "BOUNDED_WORK",
                                    "NOTHING_LEFT_TO_DO",
                                    "CONVERGES")),
                    Map.entry(Bugs.CONFIRMS_ALL, Set.of("DATA_STAYS")),
                    Map.entry(Bugs.FORGETS_POLICY, Set.of("DATA_STAYS")),
                    Map.entry(Bugs.NEEDS_NOTHING, Set.of("NEEDED_COMES_FIRST")),
                    Map.entry(Bugs.RUNS_AGAIN, Set.of("RUNS_ONCE")),
                    Map.entry(Bugs.EACH_WRITES, Set.of("ONE_WRITER")),
                    Map.entry(Bugs.FREEZES_NOTHING, Set.of("NO_DELETE_AFTER_UNKNOWN")),
                    Map.entry(
                            Bugs.TAKES_OTHERS,
                            Set.of("FOREIGN_UNTOUCHED", "NO_DELETE_AFTER_UNKNOWN")),
                    Map.entry(Bugs.TELLS_SECRETS, Set.of("SECRETS_STAY_SECRET")),
                    Map.entry(
                            Bugs.SECRET_CONCERNS_ALL,
                            Set.of("MADE_AS_DECLARED", "CONVERGES", "GOES_BACK")),
                    Map.entry(Bugs.FORGETS_PINS, Set.of("MADE_AS_DECLARED", "CONVERGES")),
                    Map.entry(Bugs.TAKES_OVER_AT_ONCE, Set.of("FOREIGN_UNTOUCHED")),
                    Map.entry(Bugs.LEAVES_SETTINGS, Set.of("CONVERGES")),
                    Map.entry(Bugs.WAITS_UNTIL_TOLD, Set.of("CONVERGES")),
                    Map.entry(Bugs.WINDOW_NEVER_OVER, Set.of("GOES_BACK")),
                    Map.entry(Bugs.NEVER_GOES_BACK, Set.of("GOES_BACK")),
                    Map.entry(Bugs.BRINGS_BACK_WHAT_ENDED, Set.of("GOES_BACK", "MADE_AS_DECLARED")),
                    Map.entry(Bugs.FORGETS_WAYS_BACK, Set.of("GOES_BACK", "CONVERGES")),
                    Map.entry(Bugs.TELLS_NOBODY, Set.of("CONVERGES")),
                    Map.entry(Bugs.FORGETS_GROUPS, Set.of("MADE_AS_DECLARED")),
                    Map.entry(Bugs.NEVER_RESTS, Set.of("NOTHING_LEFT_TO_DO")),
                    Map.entry(Bugs.NEVER_PAUSES, Set.of("BOUNDED_WORK")),
                    Map.entry(Bugs.NEVER_READY, Set.of("STATUS_TRUE")),
                    Map.entry(Bugs.NEVER_DONE, Set.of("CONVERGES")),
                    Map.entry(Bugs.READY_TOO_SOON, Set.of("STATUS_TRUE")),
                    Map.entry(Bugs.RUNS_NO_JOBS, Set.of("CONVERGES")),
                    Map.entry(Bugs.SKIPS_RELEASE_COMMANDS, Set.of("CONVERGES")),
                    Map.entry(Bugs.FIRES_NO_SCHEDULES, Set.of("CONVERGES")),
                    Map.entry(Bugs.KNOWS_ALWAYS, Set.of("CONVERGES")));

    @ParameterizedTest
    @EnumSource(Bugs.class)
    void simulation_plantedBug_isFoundAndShrunk(Bugs bug) {
        List<History> shrunk = new ArrayList<>();
        int runs = 0;
        for (long seed = 0; seed < SEEDS && runs < HISTORIES && shrunk.size() < TRIES; seed++) {
            if (!bug.mayShow(Generator.history(seed))) {
                continue;
            }
            runs++;
            if (Simulation.run(Generator.history(seed), bug) instanceof Broken how) {
                assertThat(NOTICED_BY.get(bug)).as(how.what()).contains(how.invariant());
                History small = Shrinker.shrink(Generator.history(seed), how, bug);
                assertThat(Simulation.run(small)).isInstanceOf(Simulation.Held.class);
                shrunk.add(small);
                if (small.events().size() <= SMALL) {
                    return;
                }
            }
        }
        throw new AssertionError(
                "%s was found in %d of %d histories, and none could be made small: %s"
                        .formatted(
                                bug,
                                shrunk.size(),
                                runs,
                                shrunk.stream().map(JavaText::of).toList()));
    }
}

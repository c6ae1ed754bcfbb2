package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.simulation.Event;
import dev.berth.reconciler.simulation.Spec;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@link SimulationIT} lives in a build: fails when that comes to show little. */
final class SelectionTest {
    private static final int AT_LEAST = 18;

    private final List<Scenario> chosen = Selection.ofMany(2);
    private final Set<String> shown =
            chosen.stream()
                    .flatMap(history -> Selection.shows(history).stream())
                    .collect(Collectors.toCollection(TreeSet::new));

    @Test
    void ofMany_two_eachTellsAndIsShort() {
        assertThat(chosen)
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allMatch(Scenario::tells)
                .allMatch(history -> history.lasts().toSeconds() <= 15);
    }

    @Test
    void ofMany_two_showMuch() {
        assertThat(shown)
                .hasSizeGreaterThan(AT_LEAST)
                .contains("Kill", "EngineGone")
                .containsAnyElementsOf(names(Event.Hand.values()))
                .containsAnyOf("EdgeGone", "EdgeForgets");
        assertThat(shown.stream().filter(names(Spec.Twist.values())::contains))
                .hasSizeGreaterThan(2);
    }

    @Test
    void ofMany_withoutOneOfThem_showLess() {
        for (Scenario history : chosen) {
            Set<String> others =
                    chosen.stream()
                            .filter(other -> !other.equals(history))
                            .flatMap(other -> Selection.shows(other).stream())
                            .collect(Collectors.toSet());
            assertThat(others).isNotEqualTo(shown);
        }
    }

    private static Set<String> names(Enum<?>... values) {
        return Stream.of(values).map(Enum::name).collect(Collectors.toSet());
    }
}

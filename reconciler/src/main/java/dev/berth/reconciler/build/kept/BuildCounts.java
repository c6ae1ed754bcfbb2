package dev.berth.reconciler.build.kept;

import dev.berth.schemas.status.Build.Phase;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What came of builds since the start of control.
 *
 * @param ended how many, by their last phase; without one there was none
 * @param building time that the engine took for them
 */
public record BuildCounts(Map<Phase, Long> ended, Duration building) {
    /** None yet. */
    public static final BuildCounts NONE = new BuildCounts(Map.of(), Duration.ZERO);

    public BuildCounts {
        Map<Phase, Long> copy = new EnumMap<>(Phase.class);
        copy.putAll(ended);
        ended = Collections.unmodifiableMap(copy);
    }

    /** With one more that has ended. */
    public BuildCounts and(Phase last) {
        Map<Phase, Long> more = new EnumMap<>(Phase.class);
        more.putAll(ended);
        more.merge(last, 1L, Long::sum);
        return new BuildCounts(more, building);
    }

    /** With more time of the engine. */
    public BuildCounts and(Duration time) {
        return new BuildCounts(ended, building.plus(time));
    }
}

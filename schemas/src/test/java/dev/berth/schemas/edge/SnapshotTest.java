package dev.berth.schemas.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SnapshotTest {
    private static final Certificate OLD = new Certificate(List.of("a.test", "b.test"), "old", "1");
    private static final Certificate NEW = new Certificate(List.of("a.test"), "new", "2");

    private static Snapshot snapshot(long version, boolean keepsOthers, Certificate... given) {
        return new Snapshot(
                version,
                RouteTable.EMPTY,
                List.of(),
                List.of(given),
                List.of(new Challenge("t", "a")),
                keepsOthers);
    }

    @Test
    void after_ofOneThatKeepsOthers_hasThoseForNamesThatAreNotToldOf() {
        assertThat(snapshot(2, true, NEW).after(snapshot(1, false, OLD)))
                .isEqualTo(snapshot(2, false, NEW, new Certificate(List.of("b.test"), "old", "1")));
    }

    @Test
    void after_nothing_hasWhatIsToldOf() {
        assertThat(snapshot(2, true, NEW).after(null)).isEqualTo(snapshot(2, false, NEW));
    }

    @Test
    void after_ofOneThatIsWhole_isTheSame() {
        Snapshot whole = snapshot(2, false);

        assertThat(whole.after(snapshot(1, false, OLD))).isSameAs(whole);
    }
}

package dev.berth.reconciler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.edge.Policy;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PolicyTextTest {
    private static Policy redirecting(boolean always, boolean onceCertified) {
        return new Policy(
                null,
                null,
                null,
                null,
                List.of(),
                false,
                false,
                List.of(),
                always,
                null,
                null,
                List.of(),
                onceCertified,
                false);
    }

    @Test
    void of_redirects_areOnePart() {
        assertThat(PolicyText.of(Policy.NONE)).isEmpty();
        assertThat(PolicyText.of(redirecting(true, false)))
                .isEqualTo(Map.of("redirectHttps", "always"));
        assertThat(PolicyText.of(redirecting(false, true)))
                .isEqualTo(Map.of("redirectHttps", "once there is a certificate"));
    }

    @Test
    void of_stripped_saysSo() {
        assertThat(PolicyText.of(Policy.NONE.withStrippedPrefix()))
                .isEqualTo(Map.of("stripPath", "true"));
    }

    /** Else a switch would be planned that shows no difference. */
    @Test
    void parts_everyFieldOfAPolicy_isInOneOfThem() {
        assertThat(PolicyText.parts(Policy.NONE))
                .hasSize(
                        (int)
                                Stream.of(Policy.class.getRecordComponents())
                                        .map(RecordComponent::getName)
                                        .filter(name -> !name.equals("redirectHttpsOnceCertified"))
                                        .count());
    }
}

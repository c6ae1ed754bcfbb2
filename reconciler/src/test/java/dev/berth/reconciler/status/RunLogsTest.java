package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RunLogsTest {
    private static final RunLogs ECHO =
            (owner, run, lines) -> Optional.of(List.of("%s %s %d".formatted(owner, run, lines)));

    @Test
    void tailOf_jobOrSchedule_asksForWhatStatusCallsSo() throws Exception {
        assertThat(ECHO.tailOf(new ResourceId(Kind.Job, "import"), 7))
                .contains(List.of("job/import  7"));
        assertThat(ECHO.tailOf(new ResourceId(Kind.Job, "shop.prune"), 7))
                .contains(List.of("app/shop prune 7"));
    }
}

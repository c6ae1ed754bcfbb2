package dev.berth.reconciler.notify;

import dev.berth.schemas.config.Alert;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is told what.
 *
 * @param alerts each with a name of its own
 * @param pollInterval time between two looks at the config repo
 */
public record Watch(List<Alert> alerts, Duration pollInterval) {
    public Watch {
        alerts = List.copyOf(alerts);
    }

    @Nullable Alert alert(String name) {
        return alerts.stream()
                .filter(a -> a.metadata().name().equals(name))
                .findFirst()
                .orElse(null);
    }
}

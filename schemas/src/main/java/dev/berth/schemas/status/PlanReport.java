package dev.berth.schemas.status;

import dev.berth.schemas.config.ResourceId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What would be done.
 *
 * @param revision what it leads to; empty when not known
 * @param unknown why nothing could be planned; {@code null} when it could
 * @param text the plan as people read it
 * @param changes in order
 * @param problems of the config, as {@code file:line:column path: message [code]}
 */
public record PlanReport(
        String revision,
        @Nullable String unknown,
        String text,
        List<PlannedChange> changes,
        List<String> problems) {
    public PlanReport {
        changes = List.copyOf(changes);
        problems = List.copyOf(problems);
    }

    /**
     * One change.
     *
     * @param what the change in one line, as the plan prints it
     * @param reasons why, a line each; never empty
     */
    public record PlannedChange(ResourceId resource, String what, List<String> reasons) {
        public PlannedChange {
            reasons = List.copyOf(reasons);
        }
    }
}

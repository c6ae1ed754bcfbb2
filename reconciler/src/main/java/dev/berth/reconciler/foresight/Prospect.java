package dev.berth.reconciler.foresight;

import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.reconciler.plan.Reason;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What would become of one resource, in the words of the plan.
 *
 * @param steps in order, at least one
 */
public record Prospect(ResourceId resource, Effect effect, List<Step> steps) {
    public Prospect {
        steps = List.copyOf(steps);
    }

    /**
     * One change.
     *
     * @param what in one line, with its sign
     * @param reasons why, each of one or more lines; never empty
     * @param waits true when a person has to decide
     */
    public record Step(String what, List<String> reasons, boolean waits) {
        public Step {
            reasons = List.copyOf(reasons);
        }

        private Step cleaned(UnaryOperator<String> cleaner) {
            return new Step(cleaner.apply(what), reasons.stream().map(cleaner).toList(), waits);
        }
    }

    /** Those of a plan, in its order. */
    static List<Prospect> of(Plan plan) {
        return plan.byResource().entrySet().stream()
                .map(
                        group ->
                                new Prospect(
                                        group.getKey(),
                                        Effect.of(group.getValue()),
                                        steps(group.getValue())))
                .toList();
    }

    private static List<Step> steps(List<Change> changes) {
        return changes.stream()
                .map(
                        change ->
                                new Step(
                                        PlanPrinter.line(change),
                                        change.reasons().stream().map(Reason::text).toList(),
                                        change instanceof Change.Blocked(_, _, boolean byPerson, _)
                                                && byPerson))
                .toList();
    }

    /** Whether any of it is for a person to decide. */
    boolean waits() {
        return steps.stream().anyMatch(Step::waits);
    }

    Prospect cleaned(UnaryOperator<String> cleaner) {
        return new Prospect(
                resource, effect, steps.stream().map(step -> step.cleaned(cleaner)).toList());
    }
}

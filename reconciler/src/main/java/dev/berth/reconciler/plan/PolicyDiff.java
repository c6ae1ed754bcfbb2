package dev.berth.reconciler.plan;

import dev.berth.schemas.edge.Policy;
import java.util.Map;
import java.util.stream.Collectors;

/** The parts of a policy in which two differ, for people. */
final class PolicyDiff {
    private PolicyDiff() {}

    /** {@code rateLimit 5 per 1 s, burst 5, sticky true}; empty when both are the same. */
    static String show(Policy policy, Policy other) {
        Map<String, Object> others = PolicyText.parts(other);
        return PolicyText.parts(policy).entrySet().stream()
                .filter(part -> !part.getValue().equals(others.get(part.getKey())))
                .map(part -> part.getKey() + " " + PolicyText.text(part.getValue()))
                .collect(Collectors.joining(", "));
    }
}

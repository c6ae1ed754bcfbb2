package dev.berth.reconciler.plan;

import dev.berth.schemas.edge.Policy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The parts of a policy in which two differ, for people; hashes and pages are not printed. */
final class PolicyDiff {
    private PolicyDiff() {}

    /** {@code rateLimit 5 per 1 s, burst 5, sticky true}; empty when both are the same. */
    static String show(Policy policy, Policy other) {
        Map<String, Object> own = parts(policy);
        Map<String, Object> others = parts(other);
        return own.entrySet().stream()
                .filter(part -> !part.getValue().equals(others.get(part.getKey())))
                .map(part -> part.getKey() + " " + text(part.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static Map<String, Object> parts(Policy policy) {
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("maxBody", orNone(policy.maxBodyBytes()));
        parts.put("rateLimit", orNone(policy.rateLimit()));
        parts.put("addresses", orNone(policy.addresses()));
        parts.put("basicAuth", orNone(policy.password()));
        parts.put("headers", policy.responseHeaders());
        parts.put("compression", policy.compress());
        parts.put("sticky", policy.sticky());
        parts.put("errorPages", policy.errorPages());
        parts.put("redirectHttps", policy.redirectHttps());
        parts.put("health", orNone(policy.health()));
        parts.put("streams", orNone(policy.streamGrace()));
        parts.put("canary", policy.canaries());
        return parts;
    }

    private static Object orNone(@Nullable Object value) {
        return value == null ? "none" : value;
    }

    private static String text(Object value) {
        if (value instanceof Policy.RateLimit(var requests, var period, var burst)) {
            return "%d per %d s, burst %d".formatted(requests, period.toSeconds(), burst);
        } else if (value instanceof Policy.Addresses(var allow, var deny)) {
            return "allow %s, deny %s".formatted(allow, deny);
        } else if (value instanceof Policy.Password(_, var users)) {
            return "for " + String.join(" and ", users.keySet());
        } else if (value instanceof Policy.Health health) {
            return health.path() == null ? "by TCP" : "by GET " + health.path();
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            return list.stream().map(PolicyDiff::item).collect(Collectors.joining(" and "));
        }
        return value instanceof List<?> ? "none" : value.toString();
    }

    private static String item(Object item) {
        if (item instanceof Policy.ResponseHeader(var name, var value, _)) {
            return value.isEmpty() ? "no " + name : name + ": " + value;
        } else if (item instanceof Policy.Canary canary) {
            return "%d %% to %s%s".formatted(canary.percent(), canary.host(), canary.path());
        }
        return item instanceof Policy.ErrorPage page ? page.status() : item.toString();
    }
}

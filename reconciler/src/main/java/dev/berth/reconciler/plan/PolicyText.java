package dev.berth.reconciler.plan;

import dev.berth.schemas.edge.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A policy for people, part by part; hashes and pages are not printed. Pure. */
public final class PolicyText {
    private static final Map<String, Object> NOTHING = parts(Policy.NONE);

    private PolicyText() {}

    /** The parts that say something, by the name of their field: {@code rateLimit -> 5 per 1 s}. */
    public static Map<String, String> of(Policy policy) {
        Map<String, String> said = new LinkedHashMap<>();
        parts(policy)
                .forEach(
                        (name, part) -> {
                            if (!part.equals(NOTHING.get(name))) {
                                said.put(name, text(part));
                            }
                        });
        return said;
    }

    /** Every part as it is, to be compared. */
    static Map<String, Object> parts(Policy policy) {
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("maxBody", orNone(policy.maxBodyBytes()));
        parts.put("rateLimit", orNone(policy.rateLimit()));
        parts.put("addresses", orNone(policy.addresses()));
        parts.put("basicAuth", orNone(policy.password()));
        parts.put("headers", policy.responseHeaders());
        parts.put("compression", policy.compress());
        parts.put("sticky", policy.sticky());
        parts.put("errorPages", policy.errorPages());
        parts.put("redirectHttps", redirect(policy));
        parts.put("health", orNone(policy.health()));
        parts.put("streams", orNone(policy.streamGrace()));
        parts.put("canary", policy.canaries());
        parts.put("stripPath", policy.stripPrefix());
        return parts;
    }

    private static String redirect(Policy policy) {
        if (policy.redirectHttps()) {
            return "always";
        }
        return policy.redirectHttpsOnceCertified() ? "once there is a certificate" : "never";
    }

    private static Object orNone(@Nullable Object value) {
        return value == null ? "none" : value;
    }

    static String text(Object value) {
        if (value instanceof Duration time) {
            return time.toSeconds() + " s";
        } else if (value instanceof Policy.RateLimit(var requests, var period, var burst)) {
            return "%d per %d s, burst %d".formatted(requests, period.toSeconds(), burst);
        } else if (value instanceof Policy.Addresses(var allow, var deny)) {
            return "allow %s, deny %s".formatted(allow, deny);
        } else if (value instanceof Policy.Password(_, var users)) {
            return "for " + String.join(" and ", users.keySet());
        } else if (value instanceof Policy.Health health) {
            return health.path() == null ? "by TCP" : "by GET " + health.path();
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            return list.stream().map(PolicyText::item).collect(Collectors.joining(" and "));
        }
        return value instanceof List<?> ? "none" : value.toString();
    }

    private static String item(Object item) {
        if (item instanceof Policy.ResponseHeader(var name, var value, _)) {
            return value.isEmpty() ? "no " + name : name + ": " + value;
        } else if (item instanceof Policy.Canary canary) {
            return canary(canary);
        }
        return item instanceof Policy.ErrorPage page ? page.status() : item.toString();
    }

    private static String canary(Policy.Canary canary) {
        List<String> who = new ArrayList<>();
        if (canary.percent() > 0 || (canary.header() == null && canary.cookie() == null)) {
            who.add(canary.percent() + " %");
        }
        if (canary.header() instanceof Policy.Match(var name, var value)) {
            who.add("header %s: %s".formatted(name, value));
        }
        if (canary.cookie() instanceof Policy.Match(var name, var value)) {
            who.add("cookie %s=%s".formatted(name, value));
        }
        return "%s to %s%s".formatted(String.join(", ", who), canary.host(), canary.path());
    }
}

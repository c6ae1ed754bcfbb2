package dev.berth.proxy.control;

import dev.berth.proxy.http.Tokens;
import dev.berth.schemas.config.Cidr;
import dev.berth.schemas.edge.Policy;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with the policy of a route. Pure. */
final class PolicyCheck {
    private static final Pattern HASH =
            Pattern.compile(
                    "\\$2[aby]\\$(0[4-9]|1[0-6])\\$[./A-Za-z0-9]{53}|sha256:[^:\\s]{1,64}:[0-9a-f]{64}");
    private static final Pattern REALM = Pattern.compile("[A-Za-z0-9 ._-]{0,64}");
    private static final Pattern STATUS = Pattern.compile("[45](xx|\\d\\d)");

    private PolicyCheck() {}

    /** The first thing that is wrong; {@code null} when it can be followed. */
    static @Nullable String problem(Policy policy) {
        Policy.RateLimit limit = policy.rateLimit();
        if (limit != null
                && (limit.requests() < 1 || limit.burst() < 1 || !isPositive(limit.period()))) {
            return "its rate limit is not positive";
        }
        Policy.Addresses addresses = policy.addresses();
        if (addresses != null) {
            String problem = networks(addresses.allow());
            problem = problem == null ? networks(addresses.deny()) : problem;
            if (problem != null) {
                return problem;
            }
        }
        Policy.Password password = policy.password();
        if (password != null
                && (!REALM.matcher(password.realm()).matches()
                        || !password.users().values().stream()
                                .allMatch(hash -> HASH.matcher(hash).matches()))) {
            return "its password wall has an unknown kind of hash or an odd realm";
        }
        return answers(policy);
    }

    private static @Nullable String answers(Policy policy) {
        for (Policy.ResponseHeader header : policy.responseHeaders()) {
            if (!Tokens.isToken(header.name())
                    || header.value().chars().anyMatch(c -> c < ' ' || c > '~')) {
                return "its answers get a malformed field";
            }
        }
        for (Policy.ErrorPage page : policy.errorPages()) {
            if (!STATUS.matcher(page.status()).matches()) {
                return "it has a page for a status that is no error";
            }
        }
        Policy.Health health = policy.health();
        if (health != null
                && (!isPositive(health.interval())
                        || !isPositive(health.timeout())
                        || health.failures() < 1
                        || hasControls(health.host())
                        || (health.path() != null
                                && (!health.path().startsWith("/")
                                        || hasControls(health.path()))))) {
            return "its check cannot be run";
        }
        Duration grace = policy.streamGrace();
        if (grace != null && !Waits.fits(grace)) {
            return "its stream grace is negative or has no end";
        }
        return policy.canaries().stream()
                        .allMatch(canary -> canary.percent() >= 0 && canary.percent() <= 100)
                ? null
                : "a canary gets less than nothing or more than all";
    }

    private static @Nullable String networks(List<String> texts) {
        for (String text : texts) {
            try {
                Cidr.parse(text);
            } catch (IllegalArgumentException e) {
                return e.getMessage();
            }
        }
        return null;
    }

    private static boolean isPositive(Duration duration) {
        return duration.isPositive() && Waits.fits(duration);
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(c -> c <= ' ' || c == 0x7f);
    }
}

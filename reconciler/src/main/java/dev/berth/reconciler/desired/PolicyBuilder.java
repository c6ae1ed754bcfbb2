package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.Traffic;
import dev.berth.schemas.config.shape.ValueType;
import dev.berth.schemas.edge.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns what an app's document says about its requests into what the edge is told. Pure. */
final class PolicyBuilder {
    private static final Duration FASTEST_CHECK = Duration.ofSeconds(5);
    private static final int FAILURES = 3;

    private PolicyBuilder() {}

    /**
     * The policy of one route to an app.
     *
     * @param pages what replaces the edge's error pages
     */
    static Policy of(App app, DesiredRoute route, List<Policy.ErrorPage> pages) {
        Traffic traffic = app.spec().traffic();
        return new Policy(
                traffic.maxBody() == null ? null : traffic.maxBody().bytes(),
                rateLimit(traffic.rateLimit()),
                traffic.allow().isEmpty() && traffic.deny().isEmpty()
                        ? null
                        : new Policy.Addresses(traffic.allow(), traffic.deny()),
                traffic.basicAuth() == null
                        ? null
                        : new Policy.Password(
                                traffic.basicAuth().realm(),
                                new TreeMap<>(traffic.basicAuth().users())),
                headers(traffic),
                traffic.compression(),
                traffic.sticky(),
                pages,
                Boolean.TRUE.equals(traffic.redirectHttps()),
                health(app.spec(), route),
                app.spec().staticFiles() != null ? null : app.spec().rollout().streams(),
                List.of(),
                traffic.redirectHttps() == null,
                route.policy().stripPrefix());
    }

    /** How a canary is told, with the place where the other app answers by itself. */
    static Policy.Canary canary(Domain.Canary canary, DesiredRoute other) {
        return new Policy.Canary(
                other.host(),
                other.path(),
                canary.weight(),
                match(canary.header()),
                match(canary.cookie()));
    }

    private static Policy.@Nullable Match match(Domain.@Nullable Match match) {
        return match == null ? null : new Policy.Match(match.name(), match.value());
    }

    private static Policy.@Nullable RateLimit rateLimit(Traffic.@Nullable RateLimit limit) {
        return limit == null
                ? null
                : new Policy.RateLimit(
                        limit.requests(),
                        limit.per(),
                        limit.burst() == null ? limit.requests() : limit.burst());
    }

    private static List<Policy.ResponseHeader> headers(Traffic traffic) {
        List<Policy.ResponseHeader> fields = new ArrayList<>();
        Traffic.Headers presets = traffic.headers();
        if (presets.hsts() != null) {
            fields.add(
                    preset("Strict-Transport-Security", "max-age=" + presets.hsts().toSeconds()));
        }
        if (presets.nosniff()) {
            fields.add(preset("X-Content-Type-Options", "nosniff"));
        }
        if (presets.frame() != null) {
            fields.add(preset("X-Frame-Options", presets.frame().name()));
        }
        if (presets.referrer() != null) {
            fields.add(preset("Referrer-Policy", ValueType.Choice.word(presets.referrer())));
        }
        new TreeMap<>(traffic.responseHeaders())
                .forEach((name, value) -> fields.add(new Policy.ResponseHeader(name, value, true)));
        return fields;
    }

    private static Policy.ResponseHeader preset(String name, String value) {
        return new Policy.ResponseHeader(name, value, false);
    }

    /** A check by command is not asked again: it costs a process in the container each time. */
    private static Policy.@Nullable Health health(App.Spec spec, DesiredRoute route) {
        App.HealthCheck check = spec.healthcheck();
        boolean web =
                route.destination() instanceof DesiredRoute.ToApp(_, String process)
                        && process.equals(AppRules.WEB);
        if (!web || spec.staticFiles() != null || (check.path() == null && !check.tcp())) {
            return null;
        }
        Duration interval = check.interval();
        return new Policy.Health(
                check.path(),
                asked(route.host()),
                interval.compareTo(FASTEST_CHECK) < 0 ? FASTEST_CHECK : interval,
                check.timeout(),
                FAILURES);
    }

    /** A host that is the route's own and can be asked for. */
    private static String asked(String host) {
        return host.startsWith("*.") ? "health" + host.substring(1) : host;
    }
}

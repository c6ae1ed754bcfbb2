package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.EnvGroup;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Job;
import dev.berth.schemas.config.Overlay;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.SecretDocument;
import dev.berth.schemas.edge.Policy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A document's claim on a host and path.
 *
 * @param field the path of the field that makes it; empty for an app's default host
 * @param canary who else answers; {@code null} = nobody
 */
record Claim(DesiredRoute route, Choice choice, String field, Domain.@Nullable Canary canary) {

    private static final String WWW = "www.";
    private static final Policy LONGEST_DELIVERY = Policy.NONE.withMaxBody(25L << 20);

    /** What two claims may not share. */
    String key() {
        return key(route);
    }

    static String key(DesiredRoute route) {
        return route.host() + " " + route.path();
    }

    ResourceId owner() {
        return route.owner();
    }

    /** What the document claims, in its order. */
    static List<Claim> of(Choice choice, String domain) {
        return switch (choice.document()) {
            case Instance instance -> ofInstance(choice, instance.spec());
            case SecretDocument _, Alert _, Job _, EnvGroup _, Overlay _ -> List.of();
            case App app -> ofApp(choice, app, domain);
            case Domain host -> ofDomain(choice, host.spec());
        };
    }

    /** The hosts of the app itself, in its order; none when nothing of it answers requests. */
    static List<String> hosts(App app, String domain) {
        if (app.spec().staticFiles() == null && EffectiveProcesses.webPort(app.spec()) == null) {
            return List.of();
        }
        return app.spec().domains().isEmpty()
                ? List.of(app.metadata().name() + "." + domain)
                : app.spec().domains();
    }

    private static List<Claim> ofApp(Choice choice, App app, String domain) {
        List<Claim> claims = new ArrayList<>();
        List<String> hosts = hosts(app, domain);
        boolean named = !app.spec().domains().isEmpty();
        for (int i = 0; i < hosts.size(); i++) {
            Location place =
                    named
                            ? choice.read().at("spec", "domains", i)
                            : choice.read().at("metadata", "name");
            DesiredRoute.Destination to = new DesiredRoute.ToApp(app.id(), AppRules.WEB);
            claims.add(
                    new Claim(
                            new DesiredRoute(
                                    app.id(),
                                    place,
                                    hosts.get(i),
                                    "/",
                                    to,
                                    Policy.NONE,
                                    app.spec().tls()),
                            choice,
                            named ? "spec.domains[" + i + "]" : "",
                            null));
        }
        return claims;
    }

    /** Only when some forge may send: else the path is free for apps. */
    private static List<Claim> ofInstance(Choice choice, Instance.Spec spec) {
        if (spec.forges().stream().allMatch(forge -> forge.webhook() == null)) {
            return List.of();
        }
        boolean named = spec.webhook().host() != null;
        Location place =
                named
                        ? choice.read().at("spec", "webhook", "host")
                        : choice.read().at("spec", "forges");
        return List.of(
                new Claim(
                        new DesiredRoute(
                                choice.id(),
                                place,
                                spec.webhook().hostFor(spec.domain()),
                                Instance.Webhook.PATH,
                                new DesiredRoute.ToControl(),
                                LONGEST_DELIVERY),
                        choice,
                        named ? "spec.webhook.host" : "spec.forges",
                        null));
    }

    private static List<Claim> ofDomain(Choice choice, Domain.Spec spec) {
        List<Claim> claims = new ArrayList<>();
        String to = spec.redirectTo();
        if (to != null) {
            claims.add(claim(choice, spec, "host", spec.host(), new DesiredRoute.ToHost(to)));
        }
        for (Domain.Route route : spec.routes()) {
            claims.add(claim(choice, spec, route));
        }
        if (spec.www()) {
            DesiredRoute.Destination here = new DesiredRoute.ToHost(to == null ? spec.host() : to);
            claims.add(claim(choice, spec, "www", twin(spec.host()), here));
        }
        return claims;
    }

    /** The host with {@code www.} before it, or without the one that it has. */
    static String twin(String host) {
        return host.startsWith(WWW) ? host.substring(WWW.length()) : WWW + host;
    }

    private static Claim claim(Choice choice, Domain.Spec spec, Domain.Route route) {
        return new Claim(
                new DesiredRoute(
                        choice.id(),
                        choice.read().at("spec", "host"),
                        spec.host(),
                        Paths.route(route.path()),
                        new DesiredRoute.ToApp(ResourceId.app(route.app()), route.process()),
                        route.strip() ? Policy.NONE.withStrippedPrefix() : Policy.NONE,
                        spec.tls()),
                choice,
                "spec.host",
                route.canary());
    }

    /** One on the whole of a host. */
    private static Claim claim(
            Choice choice,
            Domain.Spec spec,
            String field,
            String host,
            DesiredRoute.Destination to) {
        return new Claim(
                new DesiredRoute(
                        choice.id(),
                        choice.read().at("spec", field),
                        host,
                        "/",
                        to,
                        Policy.NONE,
                        spec.tls()),
                choice,
                "spec." + field,
                null);
    }
}

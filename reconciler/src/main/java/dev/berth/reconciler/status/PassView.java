package dev.berth.reconciler.status;

import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredRoutes;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.Problem;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pass that could read what is wanted, as each status looks at it. Pure.
 *
 * @param now the end of the pass, in milliseconds
 */
record PassView(PassInput pass, DesiredState.Known desired, Instant now) {

    String revision() {
        return desired.revision().toString();
    }

    /** True for an app, a job, or what an app runs by the clock. */
    boolean declares(ResourceId id) {
        return desired.apps().containsKey(id)
                || desired.jobs().containsKey(id)
                || desired.apps().values().stream()
                        .flatMap(app -> app.crons().stream())
                        .anyMatch(cron -> cron.id().equals(id));
    }

    /** The commit that this pass tried to make true; the one before when it could try nothing. */
    @Nullable String attempted(@Nullable ResourceStatus before) {
        if (pass.plan().unknown() == null && pass.leftAlone() == null) {
            return revision();
        }
        return before == null ? null : before.attemptedRevision();
    }

    /** The conditions of a resource, nothing judged yet. */
    Conditions conditions(ResourceId id, String generation) {
        return new Conditions(pass.before().get(id), generation, now);
    }

    /**
     * The same after these outcomes. While the engine could not be seen nothing is said about
     * anything.
     */
    List<Condition> after(Conditions conditions, List<Outcome> outcomes, Condition otherwise) {
        String unknown = pass.plan().unknown();
        return unknown == null
                ? conditions.after(outcomes, otherwise)
                : List.of(conditions.ready(Status.Unknown, ReasonCode.EngineUnavailable, unknown));
    }

    /** True when something is to be done about one of them that this Berth may not do. */
    boolean isLeftAlone(Collection<ResourceId> ids) {
        return pass.leftAlone() != null
                && ids.stream().anyMatch(pass.plan().byResource()::containsKey);
    }

    /** Likewise; of what is to be changed by who may write nothing is said until it is. */
    List<Condition> after(
            Collection<ResourceId> ids,
            Conditions conditions,
            List<Outcome> outcomes,
            Condition otherwise) {
        PassInput.LeftAlone left = pass.leftAlone();
        return left == null || !isLeftAlone(ids)
                ? after(conditions, outcomes, otherwise)
                : List.of(conditions.ready(Status.Unknown, left.reason(), left.cause()));
    }

    HostCertificates certificates() {
        return new HostCertificates(desired, pass.https().certificates(), now);
    }

    /**
     * Where an app or a domain is served, by https as soon as that is trusted. A wildcard is no
     * address.
     */
    List<String> urls(ResourceId id) {
        HostCertificates certificates = certificates();
        DesiredRoutes claims = desired.claims();
        return Stream.of(claims.ownedBy(id), claims.servedBy(id))
                .flatMap(List::stream)
                .filter(r -> !r.host().startsWith("*."))
                .sorted(Comparator.comparing(DesiredRoute::host).thenComparing(DesiredRoute::path))
                .map(r -> base(r.host(), certificates) + (r.path().equals("/") ? "" : r.path()))
                .distinct()
                .toList();
    }

    private String base(String host, HostCertificates certificates) {
        return certificates.covers(host)
                ? base("https://", host, pass.https().port(), 443)
                : base("http://", host, pass.httpPort(), 80);
    }

    private static String base(String scheme, String host, int port, int usual) {
        return scheme + host + (port == usual ? "" : ":" + port);
    }

    /** What is wrong in a file. */
    List<String> problemsAt(String file) {
        return desired.problems().stream()
                .filter(p -> p.location().file().equals(file))
                .map(Problem::toString)
                .toList();
    }

    /** All that is wrong. */
    List<String> problems() {
        return desired.problems().stream().map(Problem::toString).toList();
    }
}

package dev.berth.reconciler.status;

import dev.berth.schemas.config.Kind;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/** What is to be said of a pass that no other has followed for too long. Pure. */
public final class Overdue {
    private Overdue() {}

    /** True when the pass itself says that the config repo is not read, or knows no instance. */
    public static boolean isToldBy(PassReport pass) {
        return pass.resources().stream()
                .filter(Overdue::isInstance)
                .map(resource -> resource.condition(ConditionType.SourceVerified))
                .allMatch(source -> source != null && source.status() == Status.False);
    }

    /**
     * The pass with an instance that says so.
     *
     * @param since when the config repo was last read
     */
    public static PassReport in(PassReport pass, String why, Instant since, Instant now) {
        Instant at = now.truncatedTo(ChronoUnit.MILLIS);
        return new PassReport(
                pass.id() + "w", // sorts after it
                "watchdog: " + why,
                pass.revision(),
                pass.author(),
                at,
                Duration.ZERO,
                pass.plan(),
                List.of(),
                pass.problems(),
                pass.resources().stream()
                        .map(resource -> isInstance(resource) ? in(resource, why, since) : resource)
                        .toList(),
                pass.schedules(),
                pass.releases(),
                pass.builds(),
                pass.orphans(),
                pass.epoch());
    }

    private static boolean isInstance(ResourceStatus resource) {
        return resource.id().kind() == Kind.Instance;
    }

    private static ResourceStatus in(ResourceStatus instance, String why, Instant since) {
        Conditions conditions =
                new Conditions(
                        instance, instance.generation(), since.truncatedTo(ChronoUnit.MILLIS));
        return new ResourceStatus(
                instance.id(),
                instance.generation(),
                instance.declaredAt(),
                instance.revision(),
                instance.appliedRevision(),
                Stream.concat(
                                Stream.of(
                                        conditions.condition(
                                                ConditionType.SourceVerified,
                                                Status.False,
                                                ReasonCode.SourceUnavailable,
                                                why),
                                        conditions.ready(
                                                Status.False, ReasonCode.SourceUnavailable, why)),
                                StatusDeriver.certified(instance))
                        .toList(),
                instance.urls(),
                instance.replicas(),
                instance.lastChange(),
                instance.lastChangeAt(),
                instance.problems(),
                instance.attemptedRevision(),
                instance.history(),
                instance.certificates());
    }
}

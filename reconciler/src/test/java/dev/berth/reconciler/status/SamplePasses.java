package dev.berth.reconciler.status;

import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Attempt;
import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.PassReport.ChangeReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Passes as tests need them. */
public final class SamplePasses {
    public static final Instant START = Instant.parse("2026-11-21T09:00:00.123456Z");
    public static final String REVISION = "main@sha1:3f9a1c2be07d4415a6a9c3d20b7fe18a9d5c0e42";

    private SamplePasses() {}

    /** Pass number {@code n}, a minute after the one before, in which {@code shop} became ready. */
    public static PassReport pass(int n) {
        return pass(n, List.of(change(n)), List.of(ready("shop")));
    }

    public static PassReport pass(
            int n, List<ChangeReport> changes, List<ResourceStatus> resources) {
        return new PassReport(
                "p-%05d".formatted(n),
                "poll",
                REVISION,
                "Ada Lovelace <ada@example.com>",
                START.plus(Duration.ofMinutes(n)),
                Duration.ofMillis(1234),
                "Plan at 3f9a1c2be07d\n  (no changes)",
                changes,
                List.of(),
                resources);
    }

    public static ChangeReport change(int n) {
        return new ChangeReport(
                ResourceId.app("shop"),
                "start release " + n + " of shop",
                List.of("spec.image: \"shop:1.4.1\" -> \"shop:1.4." + n + "\""),
                PassReport.Result.Done,
                null,
                Duration.ofMillis(850));
    }

    public static ResourceStatus ready(String app) {
        return status(
                ResourceId.app(app),
                condition(ConditionType.Ready, Condition.Status.True, ReasonCode.Succeeded, ""),
                condition(
                        ConditionType.Reconciling,
                        Condition.Status.False,
                        ReasonCode.Succeeded,
                        ""));
    }

    public static ResourceStatus failed(String app) {
        return status(
                        ResourceId.app(app),
                        condition(
                                ConditionType.Ready,
                                Condition.Status.False,
                                ReasonCode.HealthCheckFailed,
                                "GET /healthz answered HTTP 500"),
                        condition(
                                ConditionType.Stalled,
                                Condition.Status.True,
                                ReasonCode.HealthCheckFailed,
                                "GET /healthz answered HTTP 500"))
                .tried(
                        REVISION,
                        List.of(
                                new Attempt(
                                        REVISION,
                                        "7c1e0b2d",
                                        START,
                                        Duration.ofMillis(1500),
                                        null,
                                        "image changed: shop:1 -> shop:2",
                                        Attempt.Outcome.Failed,
                                        "GET /healthz answered HTTP 500",
                                        3),
                                new Attempt(
                                        REVISION,
                                        null,
                                        START.minusSeconds(60),
                                        Duration.ofNanos(1_234_567),
                                        "Ada Lovelace <ada@example.com>",
                                        "first deployment",
                                        Attempt.Outcome.Succeeded,
                                        null,
                                        1)));
    }

    public static ResourceStatus status(ResourceId id, Condition... conditions) {
        return new StatusOf(id)
                .generation("9b2f4c")
                .declaredAt(id.kind() == Kind.App ? "apps/" + id.name() + ".yaml:1:1" : null)
                .revision(REVISION)
                .applied(REVISION)
                .conditions(conditions)
                .urls("http://" + id.name() + ".localhost:8080")
                .replicas(Map.of("web", new ResourceStatus.Replicas(2, 2)))
                .lastChange("start release of " + id.name(), START)
                .certificates(
                        new CertificateStatus(
                                List.of(id.name() + ".example.com"),
                                CertificateStatus.Source.ORDERED,
                                "E7, Let's Encrypt",
                                START.plus(Duration.ofDays(90)),
                                START.plus(Duration.ofDays(60)),
                                null))
                .make();
    }

    public static Condition condition(
            ConditionType type, Condition.Status status, ReasonCode reason, String message) {
        return new Condition(type, status, reason, message, "9b2f4c", START);
    }

    /** Passes 1 to {@code count}. */
    public static List<PassReport> passes(int count) {
        return new ArrayList<>(
                IntStream.rangeClosed(1, count).mapToObj(SamplePasses::pass).toList());
    }
}

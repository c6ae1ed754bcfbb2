package dev.berth.reconciler.notify;

import dev.berth.reconciler.status.StatusOf;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Alert.Event;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.Metadata;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Alerts and statuses under test. */
final class Samples {
    static final Instant T0 = Instant.parse("2026-11-21T12:00:00Z");
    static final ResourceId SHOP = ResourceId.app("shop");
    static final ResourceId HOME = new ResourceId(Kind.Instance, "home");

    private Samples() {}

    static Alert slack(String name, List<Event> on, String... resources) {
        return alert(
                name,
                new Alert.Spec(
                        new Alert.Slack(Alert.Credential.ofFile("slack-url")),
                        null,
                        null,
                        on,
                        List.of(resources)));
    }

    static Alert alert(String name, Alert.Spec spec) {
        return new Alert(new Metadata(name, Map.of(), Map.of()), spec);
    }

    static Watch watch(Alert... alerts) {
        return new Watch(List.of(alerts), Duration.ofSeconds(30));
    }

    static ResourceStatus ready(ResourceId id, Instant since) {
        return status(id, condition(ConditionType.Ready, Status.True, ReasonCode.Succeeded, since));
    }

    static ResourceStatus failing(ResourceId id, ReasonCode reason, Instant since) {
        return status(id, condition(ConditionType.Ready, Status.False, reason, since));
    }

    static ResourceStatus status(ResourceId id, Condition... conditions) {
        return new StatusOf(id)
                .generation("g1")
                .declaredAt("apps/shop.yaml:1:1")
                .revision("main@sha1:c0ffee")
                .conditions(conditions)
                .make();
    }

    static Condition condition(
            ConditionType type, Status status, ReasonCode reason, Instant since) {
        return new Condition(type, status, reason, reason + " it is\nlog line", "g1", since);
    }

    /** The config repo was read. */
    static ResourceStatus home(Instant since) {
        return status(
                HOME,
                condition(ConditionType.SourceVerified, Status.True, ReasonCode.Succeeded, since),
                condition(ConditionType.Ready, Status.True, ReasonCode.Succeeded, since));
    }

    static PassReport pass(ResourceStatus... statuses) {
        return new PassReport(
                "1",
                "test",
                "main@sha1:c0ffee",
                null,
                T0,
                Duration.ZERO,
                "",
                List.of(),
                List.of(),
                List.of(statuses));
    }

    static Message message(String id, String alert, ResourceId resource, Message.Type type) {
        return new Message(id, alert, resource, ReasonCode.HealthCheckFailed, type, id, T0, T0);
    }
}

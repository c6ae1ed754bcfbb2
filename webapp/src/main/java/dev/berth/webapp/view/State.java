package dev.berth.webapp.view;

import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import org.jspecify.annotations.Nullable;

/** How a resource stands, in one word; ordered by how much it needs a person. */
public enum State {
    Stalled("bad"),
    Failing("bad"),
    Degraded("warn"),
    Starting("work"),
    Updating("work"),
    Unknown("idle"),
    Suspended("idle"),
    Asleep("idle"),
    Ready("good");

    private final String tone;

    State(String tone) {
        this.tone = tone;
    }

    /** The colour's name in the style sheet: {@code good, work, warn, bad, idle}. */
    public String tone() {
        return tone;
    }

    /** True when a person should look. */
    public boolean needsAttention() {
        return this == Stalled || this == Failing || this == Degraded;
    }

    /** True while Berth is at work on it. */
    public boolean moving() {
        return this == Starting || this == Updating;
    }

    /** The word for a status. */
    public static State of(ResourceStatus status) {
        Condition ready = status.condition(ConditionType.Ready);
        if (ready != null && ready.reason() == ReasonCode.Suspended) {
            return Suspended;
        }
        if (is(status, ConditionType.Stalled, Condition.Status.True)) {
            return Stalled;
        }
        boolean moving = is(status, ConditionType.Reconciling, Condition.Status.True);
        boolean asleep = ready != null && ready.reason() == ReasonCode.Asleep;
        Condition.Status answer = ready == null ? Condition.Status.Unknown : ready.status();
        return switch (answer) {
            case True ->
                    is(status, ConditionType.Healthy, Condition.Status.False)
                            ? Degraded
                            : moving ? Updating : asleep ? Asleep : Ready;
            case False -> moving ? Starting : Failing;
            case Unknown -> moving ? Starting : Unknown;
        };
    }

    private static boolean is(
            ResourceStatus status, ConditionType type, Condition.Status expected) {
        @Nullable Condition condition = status.condition(type);
        return condition != null && condition.status() == expected;
    }
}

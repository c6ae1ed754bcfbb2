package dev.berth.webapp.view;

import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of one resource.
 *
 * @param attempts the last tries, newest first
 * @param planned what the newest pass did or tried to it
 * @param eventsFailure why there are no events; {@code null} when there are
 * @param traffic how the edge serves it; {@code null} for a kind that has none
 * @param schedules what it runs by the clock
 * @param releases what it can be pinned to, newest first
 * @param build how its code is built; {@code null} when it has none
 * @param builds the last builds of it, newest first
 * @param previews of an app; {@code null} when it has none
 * @param preview what it is a preview of; {@code null} when it is none
 * @param log the last lines, oldest first; {@code null} for a kind that has none
 * @param logFailure why there are no lines; {@code null} when there are
 */
public record ResourcePage(
        ResourceView resource,
        List<ConditionView> conditions,
        List<CertificateView> certificates,
        List<AttemptView> attempts,
        List<ChangeView> planned,
        List<ChangeView> events,
        @Nullable String eventsFailure,
        @Nullable TrafficView traffic,
        List<ScheduleView> schedules,
        List<ReleaseView> releases,
        @Nullable BuildView build,
        List<BuildRunView> builds,
        @Nullable PreviewGroup previews,
        @Nullable Preview preview,
        @Nullable List<String> log,
        @Nullable String logFailure) {

    /**
     * What one is a preview of.
     *
     * @param app name of the app
     * @param href page of the app
     * @param of what is known of the pull request or branch
     */
    public record Preview(String app, String href, PreviewView of) {}

    /**
     * One aspect of a resource.
     *
     * @param message the first line; of CertificateReady all, one for each cause
     */
    public record ConditionView(
            String type, String status, String tone, String reason, String message, Moment since) {
        static ConditionView of(Condition condition, Instant now) {
            return new ConditionView(
                    condition.type().name(),
                    condition.status().name(),
                    tone(condition),
                    condition.reason().name(),
                    condition.type() == ConditionType.CertificateReady
                            ? condition.message()
                            : condition.message().lines().findFirst().orElse(""),
                    Moment.of(condition.lastTransitionTime(), now));
        }

        private static String tone(Condition condition) {
            boolean yes = condition.status() == Condition.Status.True;
            if (condition.status() == Condition.Status.Unknown) {
                return "idle";
            }
            return switch (condition.type()) {
                case Ready, SourceVerified, Healthy -> yes ? "good" : "bad";
                case CertificateReady -> CertificateView.tone(condition);
                case Stalled -> yes ? "bad" : "idle";
                case Reconciling -> yes ? "work" : "idle";
            };
        }
    }

    public static List<ConditionView> conditions(ResourceStatus status, Instant now) {
        return status.conditions().stream().map(c -> ConditionView.of(c, now)).toList();
    }

    /** The lines as one text. */
    public String logText() {
        return log == null ? "" : String.join("\n", log);
    }
}

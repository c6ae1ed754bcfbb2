package dev.berth.webapp.view;

import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ResourceStatus;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A resource as a row or as the head of its page.
 *
 * @param href its page
 * @param reason the deciding condition's; empty when all is well or the state says it
 * @param message likewise; may have several lines
 * @param applied the commit that serves, if it is another than the wanted one
 * @param certificate the one that ends first; {@code null} for what has none and needs none
 */
public record ResourceView(
        String kind,
        String name,
        String href,
        State state,
        String reason,
        String message,
        List<Link> urls,
        List<ReplicaView> replicas,
        @Nullable RevisionView revision,
        @Nullable RevisionView applied,
        @Nullable String declaredAt,
        String generation,
        @Nullable String lastChange,
        @Nullable Moment lastChangeAt,
        List<ProblemView> problems,
        @Nullable CertificateView certificate) {

    /**
     * Where a resource is reached.
     *
     * @param href {@code null} when it is not something to click
     */
    public record Link(@Nullable String href, String text) {
        static Link of(String url) {
            boolean web = url.startsWith("http://") || url.startsWith("https://");
            return new Link(web && parses(url) ? url : null, url.replaceFirst("^https?://", ""));
        }

        private static boolean parses(String url) {
            try {
                return URI.create(url).getHost() != null;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
    }

    /** Containers of a process. */
    public record ReplicaView(String process, int running, int wanted) {
        public boolean complete() {
            return running >= wanted;
        }
    }

    public static ResourceView of(ResourceStatus status, Instant now) {
        State state = State.of(status);
        boolean well = state == State.Ready || state == State.Asleep;
        Condition deciding = well ? null : deciding(status, state);
        RevisionView revision = RevisionView.of(status.revision());
        RevisionView applied = RevisionView.of(status.appliedRevision());
        return new ResourceView(
                status.id().kind().word(),
                status.id().name(),
                "/resources/" + status.id(),
                state,
                deciding == null || deciding.reason().name().equals(state.name())
                        ? ""
                        : deciding.reason().name(),
                deciding == null ? "" : deciding.message().strip(),
                status.urls().stream().map(Link::of).toList(),
                replicas(status),
                revision,
                applied != null && !applied.equals(revision) ? applied : null,
                status.declaredAt(),
                status.generation(),
                status.lastChange(),
                Moment.ofNullable(status.lastChangeAt(), now),
                ProblemView.of(status.problems()),
                CertificateView.next(status, now));
    }

    /** The first line of the message. */
    public String headline() {
        return message.lines().findFirst().orElse("");
    }

    /** What follows the first line: a probe's answer, log lines. */
    public String rest() {
        int end = message.indexOf('\n');
        return end < 0 ? "" : message.substring(end + 1).stripTrailing();
    }

    /** What is wrong if something is, else what is going on. */
    private static @Nullable Condition deciding(ResourceStatus status, State state) {
        Condition ready = status.condition(ConditionType.Ready);
        if (ready != null && ready.status() == Condition.Status.False) {
            return ready;
        }
        ConditionType type =
                switch (state) {
                    case Stalled -> ConditionType.Stalled;
                    case Degraded -> ConditionType.Healthy;
                    case Starting, Updating -> ConditionType.Reconciling;
                    case Failing, Unknown, Suspended, Asleep, Ready -> ConditionType.Ready;
                };
        return status.condition(type);
    }

    private static List<ReplicaView> replicas(ResourceStatus status) {
        return new TreeMap<>(status.replicas())
                .entrySet().stream()
                        .map(
                                e ->
                                        new ReplicaView(
                                                e.getKey(),
                                                e.getValue().running(),
                                                e.getValue().wanted()))
                        .toList();
    }
}

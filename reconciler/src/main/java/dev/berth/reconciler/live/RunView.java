package dev.berth.reconciler.live;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A container that runs once and is never restarted. It stays when it has ended: that is how it is
 * known that it ran, and its log is the record of it.
 *
 * @param owner the resource it runs for
 * @param run which run of its role it is
 * @param specHash of the template it was made from
 * @param template {@code null} when its label can't be read
 * @param state never restarting
 * @param endedAt {@code null} until it has ended
 */
public record RunView(
        ContainerId id,
        String name,
        ResourceId owner,
        Role role,
        String run,
        String specHash,
        @Nullable ContainerTemplate template,
        ContainerView.State state,
        Instant createdAt,
        @Nullable Instant endedAt) {
    /** By owner, role, then age. */
    public static final Comparator<RunView> ORDER =
            Comparator.comparing(RunView::owner)
                    .thenComparing(RunView::role)
                    .thenComparing(RunView::createdAt)
                    .thenComparing(RunView::name);

    /** What a run is for. */
    public enum Role {
        /** The command before a release starts. */
        RELEASE,
        /** A job. */
        JOB,
        /** One of the times at which an app has something run by the clock. */
        CRON;

        /** As the label spells it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** True when it was started and has ended. */
    public boolean ended() {
        return state instanceof ContainerView.Exited;
    }

    /** True while it runs; a paused one does not get on, but may. */
    public boolean running() {
        return state instanceof ContainerView.Running || state instanceof ContainerView.Paused;
    }

    /** True when it ended with code 0. */
    public boolean succeeded() {
        return state instanceof ContainerView.Exited(int code, _) && code == 0;
    }

    /** True when it is the run of that name with that template. */
    public boolean is(String wantedRun, ContainerTemplate wanted) {
        return run.equals(wantedRun) && specHash.equals(wanted.hash().text());
    }
}

package dev.berth.reconciler.status;

import dev.berth.reconciler.certificate.CertificateReadings;
import dev.berth.reconciler.cleanup.Room;
import dev.berth.reconciler.converge.Outcomes;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Plan;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PassReport.ChangeReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that the status after a pass follows from.
 *
 * @param leftAlone why nothing of the plan was carried out; {@code null} = it was
 * @param epoch the stamp that it was carried out by; {@code null} = it was not
 * @param httpPort where the edge serves, for URLs
 * @param before the status after the pass before, for transition times and what served last
 */
public record PassInput(
        String id,
        String trigger,
        DesiredState desired,
        Observation live,
        Plan plan,
        Outcomes outcomes,
        @Nullable LeftAlone leftAlone,
        @Nullable Long epoch,
        int httpPort,
        Map<ResourceId, ResourceStatus> before,
        Instant startedAt,
        Duration duration,
        Tidiness tidiness,
        Https https) {
    /**
     * How it stands with the disks.
     *
     * @param room {@code null} = not looked at yet
     * @param removed what was removed since the pass before
     */
    public record Tidiness(@Nullable Room room, List<ChangeReport> removed) {
        /** Nobody has looked. */
        public static final Tidiness UNSEEN = new Tidiness(null, List.of());

        public Tidiness {
            removed = List.copyOf(removed);
        }
    }

    /**
     * How hosts are reached by TLS.
     *
     * @param port where the edge takes it, for URLs
     */
    public record Https(int port, CertificateReadings certificates) {
        /** No host has a certificate. */
        public static final Https NONE = new Https(443, CertificateReadings.NONE);
    }

    /**
     * Another Berth writes, or nobody knows whether one does.
     *
     * @param reason the one or the other
     * @param cause for people
     */
    public record LeftAlone(ReasonCode reason, String cause) {}

    public PassInput {
        before = Map.copyOf(before);
    }
}

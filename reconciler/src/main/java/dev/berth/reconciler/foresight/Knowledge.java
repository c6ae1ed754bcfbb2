package dev.berth.reconciler.foresight;

import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.Memory.StartedJob;
import dev.berth.schemas.config.ResourceId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the last pass left that a plan depends on besides Git and what lives. Any thread.
 *
 * @param followed the commit that is followed, 40 hex digits; {@code null} = not known here
 * @param failures what failed and still stands
 * @param jobs those that were started
 * @param ledgers nobody else's: never written, copied by whoever notes something in them
 */
public record Knowledge(
        @Nullable String followed,
        Map<ResourceId, FailedAttempt> failures,
        Map<ResourceId, StartedJob> jobs,
        Ledgers ledgers) {
    public Knowledge {
        failures = Map.copyOf(failures);
        jobs = Map.copyOf(jobs);
    }

    /**
     * What is known after a pass.
     *
     * @param before {@code null} = it was the first
     * @param ledgers those of the pass, which goes on with them
     */
    public static Knowledge after(
            @Nullable Knowledge before,
            DesiredState declared,
            Map<ResourceId, FailedAttempt> failures,
            Map<ResourceId, StartedJob> jobs,
            Ledgers ledgers) {
        String followed =
                switch (declared) {
                    case DesiredState.Known known -> known.revision().commit();
                    case DesiredState.Unknown _ -> before == null ? null : before.followed();
                };
        return new Knowledge(followed, failures, jobs, ledgers.copy());
    }
}

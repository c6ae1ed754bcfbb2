package dev.berth.reconciler.desired;

import dev.berth.schemas.config.ResourceId;

/**
 * A job as it should have run.
 *
 * @param run stands for what the document says, and not for the release of the app that it runs
 *     like: that may change without the job being another
 * @param networkOf whose network and volumes it uses: an app, or the job itself
 * @param revision what BERTH_REVISION is
 */
public record DesiredJob(
        ResourceId id,
        Location declaredAt,
        SpecHash run,
        ResourceId networkOf,
        ImageSource image,
        DesiredCommand command,
        String revision) {}

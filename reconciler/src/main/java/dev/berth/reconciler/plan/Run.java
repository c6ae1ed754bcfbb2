package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.live.RunView;
import dev.berth.schemas.config.ResourceId;

/**
 * What is needed to start a container that runs once.
 *
 * @param id which run of its role it is
 * @param networkOf whose network and volumes it uses
 * @param image made available first
 * @param revision given to it as BERTH_REVISION
 */
public record Run(
        RunView.Role role,
        String id,
        ResourceId networkOf,
        ImageSource image,
        ContainerTemplate template,
        String revision) {

    /** Whose its container is: a schedule has none, its app has them. */
    public ResourceId owner(ResourceId resource) {
        return role == RunView.Role.CRON ? networkOf : resource;
    }
}

package dev.berth.reconciler.engine;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.ResourceId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that is needed to make a container that runs once.
 *
 * @param name unique in the engine
 * @param instance value of the instance label
 * @param owner the resource it runs for
 * @param run which run of its role it is
 * @param revision the commit it is made for: label and BERTH_REVISION
 * @param network name of an existing network
 * @param secretEnv values of the variables that the template does not tell; in no label
 */
public record RunSpec(
        String name,
        String instance,
        ResourceId owner,
        RunView.Role role,
        String run,
        ContainerTemplate template,
        String revision,
        String network,
        SortedMap<String, Secret> secretEnv) {
    public RunSpec {
        secretEnv = Collections.unmodifiableSortedMap(new TreeMap<>(secretEnv));
    }
}

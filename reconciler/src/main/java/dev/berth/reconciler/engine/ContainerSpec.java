package dev.berth.reconciler.engine;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.ResourceId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that is needed to make one container of an app.
 *
 * @param name unique in the engine
 * @param instance value of the instance label
 * @param slot from 1
 * @param revision the commit it is started for: label and BERTH_REVISION
 * @param network name of an existing network
 * @param aliases names that the network's DNS answers with this container
 * @param dependsOn what the app depends on: label
 * @param secretEnv values of the variables that the template does not tell; in no label
 */
public record ContainerSpec(
        String name,
        String instance,
        ResourceId app,
        String process,
        int slot,
        ContainerTemplate template,
        String release,
        String revision,
        String network,
        List<String> aliases,
        List<ResourceId> dependsOn,
        SortedMap<String, Secret> secretEnv) {
    public ContainerSpec {
        aliases = List.copyOf(aliases);
        dependsOn = List.copyOf(dependsOn);
        secretEnv = Collections.unmodifiableSortedMap(new TreeMap<>(secretEnv));
    }

    /** Of a container without secrets, of an app that depends on nothing. */
    public ContainerSpec(
            String name,
            String instance,
            ResourceId app,
            String process,
            int slot,
            ContainerTemplate template,
            String release,
            String revision,
            String network,
            List<String> aliases) {
        this(
                name,
                instance,
                app,
                process,
                slot,
                template,
                release,
                revision,
                network,
                aliases,
                List.of(),
                Collections.emptySortedMap());
    }
}

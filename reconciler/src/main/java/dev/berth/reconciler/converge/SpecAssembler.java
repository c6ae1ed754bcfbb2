package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.engine.ContainerSpec;
import dev.berth.reconciler.engine.RunSpec;
import dev.berth.reconciler.plan.Release;
import dev.berth.reconciler.plan.Run;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.reconciler.secret.Vault;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Joins what a plan says about a container with the values of its secrets, which no plan has. The
 * last place before the engine, and the only one where both are together.
 */
final class SpecAssembler {
    private final String instance;
    private final Vault vault;

    SpecAssembler(String instance, Vault vault) {
        this.instance = instance;
        this.vault = vault;
    }

    /** Whose containers they are. */
    String instance() {
        return instance;
    }

    /**
     * All that is needed to make a container.
     *
     * @throws ReconcileException.Waiting if a secret has changed since it was planned
     */
    ContainerSpec spec(ResourceId app, Release release, Release.Start start, String network)
            throws ReconcileException {
        return new ContainerSpec(
                start.name(),
                instance,
                app,
                start.process(),
                start.slot(),
                start.template(),
                release.id(),
                release.revision(),
                network,
                List.of(start.process()),
                release.dependsOn(),
                values(start.template().secretVariables()));
    }

    /**
     * All that is needed to make a container that runs once.
     *
     * @throws ReconcileException.Waiting as above
     */
    RunSpec run(String name, ResourceId owner, Run run, String network) throws ReconcileException {
        return new RunSpec(
                name,
                instance,
                owner,
                run.role(),
                run.id(),
                run.template(),
                run.revision(),
                network,
                values(run.template().secretVariables()));
    }

    /**
     * The files of secrets, by absolute path.
     *
     * @throws ReconcileException.Waiting as above
     */
    SortedMap<String, Secret> files(ContainerTemplate template) throws ReconcileException {
        return values(template.filesOfSecrets());
    }

    private SortedMap<String, Secret> values(SortedMap<String, SecretUse> uses)
            throws ReconcileException {
        SortedMap<String, Secret> values = new TreeMap<>();
        for (Map.Entry<String, SecretUse> use : uses.entrySet()) {
            values.put(use.getKey(), vault.value(use.getValue()));
        }
        return values;
    }

    /** The words of a failure without the values of secrets: apps print them. */
    String clean(String words) {
        return vault.redactor().clean(words);
    }
}

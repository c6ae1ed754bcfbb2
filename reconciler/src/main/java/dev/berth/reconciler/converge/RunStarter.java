package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.RunSpec;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.plan.Run;
import dev.berth.schemas.config.ResourceId;

/** Starts containers that run once, with all that they need. */
final class RunStarter {
    private final String instance;
    private final ContainerEngine engine;
    private final ImageBuilder images;

    RunStarter(String instance, ContainerEngine engine, ImageBuilder images) {
        this.instance = instance;
        this.engine = engine;
        this.images = images;
    }

    /** Returns when it runs. */
    ContainerId start(ResourceId owner, Run run) throws ReconcileException {
        String network = ObjectNames.network(instance, run.networkOf());
        images.provide(run.image());
        engine.ensureNetwork(instance, run.networkOf(), network);
        for (String volume : run.template().mounts().values()) {
            engine.ensureVolume(instance, run.networkOf(), volume);
        }
        ContainerId id =
                engine.createRun(
                        new RunSpec(
                                name(owner, run),
                                instance,
                                owner,
                                run.role(),
                                run.id(),
                                run.template(),
                                run.revision(),
                                network));
        engine.startContainer(id);
        return id;
    }

    /** The name of its container. */
    String name(ResourceId owner, Run run) {
        return ObjectNames.run(instance, owner, run.role(), run.id());
    }
}

package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Run;
import dev.berth.schemas.config.ResourceId;

/** Starts containers that run once, with all that they need. */
final class RunStarter {
    private final ContainerEngine engine;
    private final ImageBuilder images;
    private final Turn turn;
    private final SpecAssembler specs;

    RunStarter(ContainerEngine engine, ImageBuilder images, Turn turn, SpecAssembler specs) {
        this.engine = engine;
        this.images = images;
        this.turn = turn;
        this.specs = specs;
    }

    /**
     * Returns when it runs.
     *
     * @throws ReconcileException.Transient for all that fails of what is due by the clock: it is
     *     tried again for as long as it may be late, and anew when it is due next
     * @throws ReconcileException.Waiting when it is cancelled before anything was made, or a secret
     *     has changed since it was planned
     */
    ContainerId start(ResourceId resource, Run run) throws ReconcileException {
        try {
            return begin(run.owner(resource), run);
        } catch (ReconcileException.Stalled e) {
            throw run.role() == RunView.Role.CRON
                    ? new ReconcileException.Transient(
                            e.reason(), String.valueOf(e.getMessage()), e)
                    : e;
        }
    }

    private ContainerId begin(ResourceId owner, Run run) throws ReconcileException {
        String network = ObjectNames.network(specs.instance(), run.networkOf());
        turn.during(() -> images.provide(run.image()));
        turn.check();
        turn.during( // another may be at it
                () -> engine.ensureNetwork(specs.instance(), run.networkOf(), network));
        for (String volume : run.template().mounts().values()) {
            engine.ensureVolume(specs.instance(), run.networkOf(), volume);
        }
        ContainerId id = engine.createRun(specs.run(name(owner, run), owner, run, network));
        if (!run.template().filesOfSecrets().isEmpty()) {
            engine.putFiles(id, specs.files(run.template()));
        }
        engine.startContainer(id);
        return id;
    }

    /** The name of its container. */
    String name(ResourceId owner, Run run) {
        return ObjectNames.run(specs.instance(), owner, run.role(), run.id());
    }

    /** What it printed without the values of secrets. */
    String clean(String words) {
        return specs.clean(words);
    }
}

package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.Readiness;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.plan.Change.StartRelease;
import dev.berth.reconciler.plan.Release;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a release beside whatever serves:
 *
 * <ol>
 *   <li>pull or build the image,
 *   <li>network and volumes,
 *   <li>make and start every container,
 *   <li>wait until each has proven itself.
 * </ol>
 *
 * <p>When the release itself is at fault, its containers are removed and the failure carries the
 * probe's answer and the last log lines. After any other failure they stay, and the next pass has
 * them prove themselves. What served is not touched in either case.
 */
final class ReleaseStarter {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseStarter.class);

    private final String instance;
    private final ContainerEngine engine;
    private final ImageBuilder images;
    private final ReadinessGate gate;
    private final Turn turn;
    private final SpecAssembler specs;
    private final Stops stops;
    private final LastWords words;

    ReleaseStarter(
            ContainerEngine engine,
            ImageBuilder images,
            ReadinessGate gate,
            Turn turn,
            SpecAssembler specs,
            Stops stops) {
        this.instance = specs.instance();
        this.engine = engine;
        this.images = images;
        this.gate = gate;
        this.turn = turn;
        this.specs = specs;
        this.stops = stops;
        this.words = new LastWords(engine);
    }

    Rollout start(StartRelease change) throws ReconcileException {
        Release release = change.release();
        ResourceId app = change.resource();
        String network = ObjectNames.network(instance, app);
        List<Pending> pending = new ArrayList<>();
        List<ContainerId> made = new ArrayList<>();
        if (!release.starts().isEmpty()) {
            provide(release);
            turn.during(() -> engine.ensureNetwork(instance, app, network)); // another may be at it
        }
        try {
            for (Release.Start start : release.starts()) {
                ContainerId id = make(app, release, start, network);
                made.add(id);
                putSecrets(id, start.template());
                startFresh(id);
                pending.add(new Pending(id, start.readiness(), start.process()));
            }
            for (Release.Candidate candidate : release.candidates()) {
                ContainerView container = candidate.container();
                if (!container.running()) {
                    endFirst(container);
                    if (container.state() instanceof ContainerView.Created) {
                        // Whoever made it may have gone before it got its files.
                        putSecrets(container.id(), container.template());
                    }
                    engine.startContainer(container.id());
                }
                if (candidate.disposable()) {
                    made.add(container.id());
                }
                pending.add(
                        new Pending(container.id(), candidate.readiness(), container.process()));
            }
            images.reached(release.image(), Build.Phase.Probing);
            List<ContainerView> ready = new ArrayList<>();
            for (Pending each : pending) {
                ready.add(prove(app, each, network));
            }
            return new Rollout.Ready(ready);
        } catch (ReconcileException.Stalled e) {
            made.forEach(this::remove);
            throw made.isEmpty() ? worthAnotherTry(e) : e;
        }
    }

    /** It may take half an hour: what is ready to serve does not wait for it. */
    private void provide(Release release) throws ReconcileException {
        turn.aside(() -> images.provide(release.image()));
    }

    /** One that is being stopped is started when that is over, or it would end once it is ready. */
    private void endFirst(ContainerView container) throws ReconcileException {
        if (container.alive()) {
            turn.aside(() -> stops.stop(container.id()));
        }
    }

    /** Nothing was made anew, so the spec is not at fault: what served before may recover. */
    private static ReconcileException worthAnotherTry(ReconcileException.Stalled e) {
        return new ReconcileException.Transient(e.reason(), e.getMessage(), e);
    }

    private record Pending(ContainerId id, Readiness readiness, String process) {}

    private ContainerId make(ResourceId app, Release release, Release.Start start, String network)
            throws ReconcileException {
        ContainerTemplate template = start.template();
        for (String volume : template.mounts().values()) {
            engine.ensureVolume(instance, app, volume);
        }
        return engine.createContainer(specs.spec(app, release, start, network));
    }

    private void putSecrets(ContainerId id, @Nullable ContainerTemplate template)
            throws ReconcileException {
        if (template != null && !template.filesOfSecrets().isEmpty()) {
            engine.putFiles(id, specs.files(template));
        }
    }

    /**
     * Starts a container that was made and never ran. One that an engine was killed over can't be
     * started ever again ("task already exists"), so a failed one makes room for another.
     */
    private void startFresh(ContainerId id) throws ReconcileException {
        try {
            engine.startContainer(id);
        } catch (ReconcileException.Transient e) {
            if (e.reason() == ReasonCode.StartFailed) {
                remove(id);
            }
            throw e;
        }
    }

    private ContainerView prove(ResourceId app, Pending pending, String network)
            throws ReconcileException {
        try {
            return gate.await(app, pending.id(), pending.readiness(), network);
        } catch (ReconcileException.Stalled e) {
            // What a container says may hold what it was given: cleaned before anybody sees it.
            throw new ReconcileException.Stalled(
                    e.reason(),
                    specs.clean(e.getMessage() + words.of(pending.id(), pending.process())));
        }
    }

    private void remove(ContainerId id) {
        try {
            engine.removeContainer(id);
        } catch (ReconcileException e) {
            // the next pass sees it and removes it
            LOG.warn("can't remove the failed container {}: {}", id.shortId(), e.getMessage());
        }
    }
}

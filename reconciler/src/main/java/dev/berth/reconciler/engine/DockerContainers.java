package dev.berth.reconciler.engine;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ForeignContainer;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.status.ReasonCode;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** Containers of a Docker engine, from create to remove. */
final class DockerContainers {
    private static final int INSPECTS_AT_ONCE = 16;
    private static final Duration INSPECT_ALL = Duration.ofSeconds(60);
    private static final Duration BEYOND_GRACE = Duration.ofSeconds(30);
    private static final int REMOVAL_LOOKS = 100;
    private static final Duration REMOVAL_PAUSE = Duration.ofMillis(100);

    private final EngineConnection engine;

    DockerContainers(EngineConnection engine) {
        this.engine = engine;
    }

    List<ContainerView> all(String instance) throws ReconcileException {
        Ask ask =
                new Ask(
                        "list the containers of instance " + instance,
                        INSPECT_ALL,
                        ReasonCode.EngineUnavailable,
                        Ask.Late.ENGINE_SILENT);
        return engine.calls()
                .run(
                        ask,
                        () -> {
                            List<Callable<Optional<ContainerView>>> inspects =
                                    list(instance).stream()
                                            .filter(c -> !RunLabels.areOnARun(c.getLabels()))
                                            .map(c -> inspect(c.getId()))
                                            .toList();
                            return Parallel.of(INSPECTS_AT_ONCE, inspects).stream()
                                    .flatMap(Optional::stream)
                                    .sorted(ContainerView.ORDER)
                                    .toList();
                        });
    }

    List<RunView> runs(String instance) throws ReconcileException {
        Ask ask =
                new Ask(
                        "list the runs of instance " + instance,
                        INSPECT_ALL,
                        ReasonCode.EngineUnavailable,
                        Ask.Late.ENGINE_SILENT);
        return engine.calls()
                .run(
                        ask,
                        () -> {
                            List<Callable<Optional<RunView>>> inspects =
                                    list(instance, Labels.ROLE).stream()
                                            .map(c -> inspectRun(c.getId()))
                                            .toList();
                            return Parallel.of(INSPECTS_AT_ONCE, inspects).stream()
                                    .flatMap(Optional::stream)
                                    .sorted(RunView.ORDER)
                                    .toList();
                        });
    }

    List<ForeignContainer> foreign(Set<String> names) throws ReconcileException {
        List<ForeignContainer> found = new ArrayList<>();
        for (String name : new TreeSet<>(names)) {
            engine.calls()
                    .run(Ask.toRead("inspect container " + name), () -> look(name))
                    .map(ContainerReading::new)
                    .flatMap(reading -> reading.foreign(name))
                    .ifPresent(found::add);
        }
        return found;
    }

    Optional<RunView> oneRun(ContainerId id) throws ReconcileException {
        return engine.calls().run(Ask.toRead("inspect run " + id.shortId()), inspectRun(id.text()));
    }

    Optional<ContainerView> one(ContainerId id) throws ReconcileException {
        return engine.calls()
                .run(Ask.toRead("inspect container " + id.shortId()), inspect(id.text()));
    }

    ContainerId create(ContainerSpec spec) throws ReconcileException {
        return create(
                spec.name(),
                spec.template().image(),
                new ContainerRequest(spec),
                reading -> reading.labels().filter(l -> l.matches(spec)).isPresent());
    }

    ContainerId createRun(RunSpec spec) throws ReconcileException {
        return create(
                spec.name(),
                spec.template().image(),
                new ContainerRequest(spec),
                reading -> reading.runLabels().filter(l -> l.matches(spec)).isPresent());
    }

    private ContainerId create(
            String name,
            String image,
            ContainerRequest request,
            Predicate<ContainerReading> isTheSame)
            throws ReconcileException {
        Ask ask = Ask.toWrite("make container " + name, ReasonCode.StartFailed);
        return engine.calls()
                .run(
                        ask,
                        () -> {
                            try (CreateContainerCmd command =
                                    engine.client().createContainerCmd(image)) {
                                request.writeTo(command);
                                return new ContainerId(command.exec().getId());
                            }
                        },
                        refusal -> {
                            Refusal redacted = refusal.withWords(request.redact(refusal.words()));
                            if (refusal.status() == 409) {
                                return leftover(name, isTheSame, redacted);
                            }
                            boolean networkGone =
                                    refusal.status() == 404 && refusal.says("network");
                            throw networkGone ? redacted.again() : redacted.usual();
                        });
    }

    void putFiles(ContainerId id, SortedMap<String, Secret> files) throws ReconcileException {
        engine.calls()
                .act(
                        Ask.toWrite(
                                "put files into container " + id.shortId(), ReasonCode.StartFailed),
                        () -> {
                            try (InputStream tar =
                                    new ByteArrayInputStream(SecretFiles.tar(files))) {
                                engine.client()
                                        .copyArchiveToContainerCmd(id.text())
                                        .withTarInputStream(tar)
                                        .withRemotePath("/")
                                        .exec();
                            }
                        },
                        refusal -> {
                            throw refusal.status() == 404 ? refusal.again() : refusal.usual();
                        });
    }

    void start(ContainerId id) throws ReconcileException {
        engine.calls()
                .act(
                        Ask.toWrite("start container " + id.shortId(), ReasonCode.StartFailed),
                        () -> engine.client().startContainerCmd(id.text()).exec(),
                        refusal -> {
                            if (refusal.status() == 409 && refusal.says("paused")) {
                                unpause(id);
                            } else if (refusal.status() == 404 || refusal.status() == 409) {
                                // The container or its network is gone, or is being removed.
                                throw refusal.again();
                            } else if (refusal.says("unable to find user")
                                    || refusal.says("unable to find group")) {
                                // Said as a server error, and yet it is the image's.
                                throw refusal.stalled(ReasonCode.StartFailed);
                            } else if (refusal.status() != 304) {
                                throw refusal.usual();
                            }
                        });
    }

    void stop(ContainerId id, Duration grace) throws ReconcileException {
        Ask ask =
                new Ask(
                        "stop container " + id.shortId(),
                        grace.plus(BEYOND_GRACE),
                        ReasonCode.PruneFailed,
                        Ask.Late.ENGINE_SILENT);
        int seconds = Math.toIntExact(grace.plusMillis(999).toSeconds());
        engine.calls()
                .act(
                        ask,
                        () ->
                                engine.client()
                                        .stopContainerCmd(id.text())
                                        .withTimeout(seconds)
                                        .exec(),
                        refusal -> {
                            if (refusal.status() != 304 && refusal.status() != 404) {
                                throw refusal.again();
                            }
                        });
    }

    void remove(ContainerId id) throws ReconcileException {
        engine.calls()
                .act(
                        Ask.toWrite("remove container " + id.shortId(), ReasonCode.PruneFailed),
                        () ->
                                engine.client()
                                        .removeContainerCmd(id.text())
                                        .withForce(true)
                                        .withRemoveVolumes(true)
                                        .exec(),
                        refusal -> {
                            if (refusal.status() == 409 && refusal.says("in progress")) {
                                awaitRemoved(id);
                            } else if (refusal.status() != 404) {
                                throw refusal.again();
                            }
                        });
    }

    /** All that carry our label and these. */
    private List<Container> list(String instance, String... labels) {
        List<String> wanted = new ArrayList<>(List.of(labels));
        wanted.add(Labels.INSTANCE + "=" + instance);
        return engine.client().listContainersCmd().withShowAll(true).withLabelFilter(wanted).exec();
    }

    private Callable<Optional<ContainerView>> inspect(String id) {
        return () -> look(id).map(ContainerReading::new).flatMap(ContainerReading::view);
    }

    private Callable<Optional<RunView>> inspectRun(String id) {
        return () -> look(id).map(ContainerReading::new).flatMap(ContainerReading::run);
    }

    private Optional<InspectContainerResponse> look(String idOrName) {
        try {
            return Optional.of(engine.client().inspectContainerCmd(idOrName).exec());
        } catch (NotFoundException _) {
            return Optional.empty();
        }
    }

    /** The name is taken: by the same container, made before a crash and never started, or not. */
    private ContainerId leftover(
            String name, Predicate<ContainerReading> isTheSame, Refusal refusal)
            throws ReconcileException {
        Optional<InspectContainerResponse> taken =
                engine.calls().run(Ask.toRead("inspect container " + name), () -> look(name));
        return taken.map(ContainerReading::new)
                .filter(isTheSame)
                .filter(ContainerReading::neverStarted)
                .map(ContainerReading::id)
                .orElseThrow(
                        () ->
                                refusal.withWords(refusal.words() + howToAdopt(name))
                                        .stalled(ReasonCode.Conflict));
    }

    private static String howToAdopt(String name) {
        return ". It is not Berth's: docker rename %s to another name; to have the app take over from it, give the app metadata.annotations: {berth/adopt: <that name>}"
                .formatted(name);
    }

    private void unpause(ContainerId id) throws ReconcileException {
        engine.calls()
                .act(
                        Ask.toWrite("unpause container " + id.shortId(), ReasonCode.StartFailed),
                        () -> engine.client().unpauseContainerCmd(id.text()).exec(),
                        refusal -> {
                            throw refusal.again();
                        });
    }

    private void awaitRemoved(ContainerId id) throws ReconcileException {
        for (int look = 0; look < REMOVAL_LOOKS; look++) {
            if (one(id).isEmpty()) {
                return;
            }
            pause(id);
        }
        throw new Transient(
                ReasonCode.PruneFailed,
                "can't remove container " + id.shortId() + ": its removal does not come to an end");
    }

    private static void pause(ContainerId id) throws Transient {
        try {
            Thread.sleep(REMOVAL_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Transient(
                    ReasonCode.Superseded,
                    "interrupted while container " + id.shortId() + " was being removed",
                    e);
        }
    }
}

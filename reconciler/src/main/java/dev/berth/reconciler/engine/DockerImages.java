package dev.berth.reconciler.engine;

import com.github.dockerjava.api.model.PullResponseItem;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Images of a Docker engine. */
final class DockerImages {
    private final EngineConnection engine;
    private final Bases bases = new Bases(this, System::nanoTime);

    DockerImages(EngineConnection engine) {
        this.engine = engine;
    }

    boolean has(String reference) throws ReconcileException {
        return engine.calls()
                .run(
                        Ask.toRead("inspect image " + reference),
                        () -> {
                            engine.client().inspectImageCmd(reference).exec();
                            return true;
                        },
                        refusal -> {
                            if (refusal.status() == 404) {
                                return false;
                            }
                            throw refusal.usual();
                        });
    }

    /**
     * What names an image in its registry, {@code sha256:...}; {@code null} when it is from none.
     */
    @Nullable String digest(String reference) throws ReconcileException {
        int at = reference.indexOf('@');
        if (at >= 0) {
            return reference.substring(at + 1);
        }
        return engine
                .calls()
                .run(Ask.toRead("inspect image " + reference), () -> digests(reference))
                .stream()
                .findFirst()
                .orElse(null);
    }

    /** The id of an image that is there. */
    String id(String reference) throws ReconcileException {
        return engine.calls()
                .run(
                        Ask.toRead("inspect image " + reference),
                        () -> engine.client().inspectImageCmd(reference).exec().getId());
    }

    /** Takes away an image that lost its name, unless something is made of it. */
    void removeUnused(String id) throws ReconcileException {
        engine.calls()
                .act(
                        Ask.toWrite("remove image " + id, ReasonCode.PruneFailed),
                        () -> engine.client().removeImageCmd(id).exec(),
                        _ -> {}); // it is used
    }

    /** Of the repository that is asked for; an image may be known under others too. */
    private List<String> digests(String reference) {
        List<String> all = engine.client().inspectImageCmd(reference).exec().getRepoDigests();
        String repository = withTag(reference).replaceFirst(":[^:/]*$", "");
        return all == null
                ? List.of()
                : all.stream()
                        .filter(known -> usual(known).startsWith(usual(repository) + "@"))
                        .map(known -> known.substring(known.indexOf('@') + 1))
                        .toList();
    }

    /** As engines print it. */
    private static String usual(String name) {
        return name.replaceFirst("^(?:index\\.)?docker\\.io/", "").replaceFirst("^library/", "");
    }

    String push(String reference, Duration deadline, Consumer<String> log)
            throws ReconcileException {
        return new DockerPush(engine, this, reference, log).run(deadline);
    }

    void tag(String image, String name) throws ReconcileException {
        int colon = name.lastIndexOf(':');
        engine.calls()
                .act(
                        Ask.toWrite("tag " + image + " as " + name, ReasonCode.PullFailed),
                        () ->
                                engine.client()
                                        .tagImageCmd(
                                                image,
                                                name.substring(0, colon),
                                                name.substring(colon + 1))
                                        .exec(),
                        refusal -> {
                            throw refusal.again();
                        });
    }

    void pull(String reference, Duration deadline) throws ReconcileException {
        Ask ask = new Ask("pull " + reference, deadline, ReasonCode.PullFailed, Ask.Late.TRY_AGAIN);
        AtomicReference<String> error = new AtomicReference<>("");
        try (EngineStream<PullResponseItem> stream =
                engine.streamWithLogins(
                        ReasonCode.PullFailed,
                        piece -> StreamErrors.of(piece).ifPresent(error::set))) {
            engine.calls()
                    .run(
                            ask,
                            () -> {
                                stream.client().pullImageCmd(withTag(reference)).exec(stream);
                                stream.awaitDone();
                                return true;
                            },
                            refusal -> {
                                throw refused(refusal, reference);
                            });
        }
        if (!error.get().isEmpty()) {
            throw refused(new Refusal(ask, 500, error.get()), reference);
        }
        if (!has(reference)) {
            throw new Transient(
                    ReasonCode.PullFailed, "can't pull " + reference + ": the engine broke off");
        }
    }

    void build(ImageBuild build, Consumer<String> log) throws ReconcileException {
        new DockerBuilders(engine, bases).build(build, log);
    }

    private ReconcileException refused(Refusal refusal, String reference)
            throws ReconcileException {
        if (refusal.diskFull()) {
            return refusal.full();
        }
        if (RegistryAnswer.isAnother(refusal)) {
            return refusal.withWords(
                            "the registry gave something else than was asked for: "
                                    + refusal.words())
                    .stalled(ReasonCode.Conflict);
        }
        return RegistryAnswer.isFinal(refusal)
                ? toldWhoAsked(refusal, reference).stalled(ReasonCode.PullFailed)
                : refusal.again();
    }

    /** The registry's own words say neither who asked nor what people can do. */
    Refusal toldWhoAsked(Refusal refusal, String reference) throws ReconcileException {
        return RegistryAnswer.isAboutLogins(refusal)
                ? refusal.withWords(
                        refusal.words() + ". " + engine.askedAs(reference, refusal.ask().reason()))
                : refusal;
    }

    /** Without one, the engine would pull every tag there is. */
    private static String withTag(String reference) {
        String afterHost = reference.substring(reference.lastIndexOf('/') + 1);
        return afterHost.contains(":") || afterHost.contains("@")
                ? reference
                : reference + ":latest";
    }
}

package dev.berth.reconciler.engine;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.transport.DockerHttpClient;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.engine.dockerfile.BaseImages;
import dev.berth.reconciler.engine.dockerfile.BuildKitNeed;
import dev.berth.reconciler.engine.dockerfile.BuilderChoice;
import dev.berth.reconciler.engine.dockerfile.BuilderOffer;
import dev.berth.reconciler.engine.dockerfile.Dockerfile;
import dev.berth.reconciler.engine.dockerfile.SecretMounts;
import dev.berth.reconciler.engine.dockerfile.WrittenDockerfile;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;

/** Builds with the builder that the Dockerfile needs, on bases that are there by then. */
final class DockerBuilders {
    private static final String BASE = "org.opencontainers.image.base.";

    private final EngineConnection engine;
    private final Bases bases;

    DockerBuilders(EngineConnection engine, Bases bases) {
        this.engine = engine;
        this.bases = bases;
    }

    void build(ImageBuild build, Consumer<String> log) throws ReconcileException {
        String text = build.dockerfile().text();
        Dockerfile dockerfile = Dockerfile.read(text);
        Dockerfile least = least(build, dockerfile);
        List<BuildKitNeed> needs = BuildKitNeed.of(least);
        BuilderChoice.Wish wish =
                new BuilderChoice.Wish(
                        needs,
                        !BuildKitNeed.of(dockerfile).isEmpty(),
                        !build.secrets().isEmpty(),
                        build.limits().ofResources());
        tellUnused(build, dockerfile, log);
        BuilderOffer offer = wish.choosy() ? offer() : BuilderOffer.CLASSIC;
        switch (BuilderChoice.of(wish, offer)) {
            case BuilderChoice.Plain() ->
                    new DockerBuild(engine, onBases(build, dockerfile, log), log).run();
            case BuilderChoice.BuildKit() ->
                    new BuildKitBuild(engine, onBases(build, dockerfile, log), log).run();
            case BuilderChoice.Missing missing -> throw refused(build, missing.advice());
            case BuilderChoice.Unlimited unlimited -> throw refused(build, unlimited.advice());
        }
    }

    /** What has to be understood: of one that Berth wrote, all but what only saves time. */
    private static Dockerfile least(ImageBuild build, Dockerfile dockerfile) {
        return build.dockerfile().added() && SecretMounts.of(dockerfile).isEmpty()
                ? Dockerfile.read(new WrittenDockerfile(build.dockerfile().text()).forAny())
                : dockerfile;
    }

    private static Stalled refused(ImageBuild build, String advice) {
        return new Stalled(
                ReasonCode.BuildFailed, "can't build %s: %s".formatted(build.reference(), advice));
    }

    private static void tellUnused(ImageBuild build, Dockerfile dockerfile, Consumer<String> log) {
        Set<String> mounted = SecretMounts.of(dockerfile);
        build.secrets().keySet().stream()
                .filter(id -> !mounted.contains(id))
                .forEach(
                        id ->
                                log.accept(
                                        "no step has the secret %s: one that needs it begins with RUN --mount=type=secret,id=%s and reads /run/secrets/%s"
                                                .formatted(id, id, id)));
    }

    private BuilderOffer offer() throws ReconcileException {
        return engine.calls().run(Ask.toRead("ask the engine for its builders"), this::ping);
    }

    private BuilderOffer ping() throws IOException {
        try (DockerHttpClient transport = engine.transport();
                DockerHttpClient.Response answer =
                        transport.execute(
                                DockerHttpClient.Request.builder()
                                        .method(DockerHttpClient.Request.Method.GET)
                                        .path("/_ping")
                                        .build())) {
            if (answer.getStatusCode() != 200) {
                throw new DockerException("no answer to a ping", answer.getStatusCode());
            }
            Map<String, String> headers = new HashMap<>();
            answer.getHeaders()
                    .forEach(
                            (name, values) ->
                                    Optional.ofNullable(values.isEmpty() ? null : values.getFirst())
                                            .ifPresent(value -> headers.put(name, value)));
            return BuilderOffer.of(headers);
        }
    }

    /** The build on bases that the engine has, within what is then left of its time. */
    private ImageBuild onBases(ImageBuild build, Dockerfile dockerfile, Consumer<String> log)
            throws ReconcileException {
        long begun = System.nanoTime();
        SortedMap<String, String> digests;
        try {
            digests = bases.provide(BaseImages.of(dockerfile, build.args()), build.deadline(), log);
        } catch (Stalled refused) {
            throw refused.reason() == ReasonCode.BuildFailed
                    ? new Stalled(ReasonCode.BuildFailed, message(build, refused), refused)
                    : refused;
        } catch (Transient failed) {
            throw failed.reason() == ReasonCode.PullFailed
                    ? new Transient(ReasonCode.PullFailed, message(build, failed), failed)
                    : failed;
        }
        return build.pinned(digests)
                .labelled(labels(dockerfile, build, digests))
                .sooner(Duration.ofNanos(System.nanoTime() - begun));
    }

    /** What the image is based on (OCI image spec, annotations). */
    private Map<String, String> labels(
            Dockerfile dockerfile, ImageBuild build, Map<String, String> digests) {
        String base = BaseImages.last(dockerfile, build.args());
        if (base == null) {
            return Map.of();
        }
        int at = base.indexOf('@');
        String digest = at >= 0 ? base.substring(at + 1) : digests.get(base);
        return digest == null
                ? Map.of(BASE + "name", base)
                : Map.of(BASE + "name", base, BASE + "digest", digest);
    }

    private static String message(ImageBuild build, ReconcileException failure) {
        return "can't build %s: %s".formatted(build.reference(), failure.getMessage());
    }
}

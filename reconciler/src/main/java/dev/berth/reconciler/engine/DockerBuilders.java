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
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Builds with the builder that the Dockerfile needs.
 *
 * <p>BuildKit asks for logins of registries over a session, which needs a second protocol. So base
 * images that the engine lacks are pulled first, as any other image is: private ones work.
 */
final class DockerBuilders {
    private final EngineConnection engine;
    private final DockerImages images;

    DockerBuilders(EngineConnection engine, DockerImages images) {
        this.engine = engine;
        this.images = images;
    }

    void build(ImageBuild build, Consumer<String> log) throws ReconcileException {
        Dockerfile dockerfile = Dockerfile.read(build.dockerfile().text());
        List<BuildKitNeed> needs = BuildKitNeed.of(dockerfile);
        BuilderOffer offer = needs.isEmpty() ? BuilderOffer.CLASSIC : offer();
        switch (BuilderChoice.of(needs, offer)) {
            case BuilderChoice.Plain() -> new DockerBuild(engine, build, log).run();
            case BuilderChoice.BuildKit() -> {
                for (String image : BaseImages.of(dockerfile, build.args())) {
                    provide(image, build, log);
                }
                new BuildKitBuild(engine, build, log).run();
            }
            case BuilderChoice.Missing missing ->
                    throw new Stalled(
                            ReasonCode.BuildFailed,
                            "can't build %s: %s".formatted(build.reference(), missing.advice()));
        }
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

    private void provide(String image, ImageBuild build, Consumer<String> log)
            throws ReconcileException {
        if (images.has(image)) {
            return;
        }
        log.accept("pulling " + image);
        try {
            images.pull(image, build.deadline());
        } catch (Stalled refused) {
            throw new Stalled(ReasonCode.BuildFailed, message(build, refused), refused);
        } catch (Transient failed) {
            throw failed.reason() == ReasonCode.PullFailed
                    ? new Transient(ReasonCode.BuildFailed, message(build, failed), failed)
                    : failed;
        }
    }

    private static String message(ImageBuild build, ReconcileException failure) {
        return "can't build %s: %s".formatted(build.reference(), failure.getMessage());
    }
}

package dev.berth.reconciler.engine;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.transport.DockerHttpClient;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.engine.dockerfile.Dockerfile;
import dev.berth.reconciler.engine.dockerfile.SecretMounts;
import dev.berth.reconciler.engine.session.BuildSession;
import dev.berth.reconciler.secret.Redactor;
import dev.berth.schemas.Json;
import dev.berth.schemas.status.ReasonCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One build by BuildKit, as the engine offers it at {@code POST /build?version=2}. Where secrets
 * are mounted, BuildKit asks for them over a session, {@link
 * dev.berth.reconciler.engine.session.BuildSession}; it has no ssh mounts and no logins of
 * registries from us. Cache mounts are kept by the engine from build to build. The answer's status
 * is 200 whatever happens: a build is good only if it names the image.
 *
 * <p>The parameters of that call that limit a build's memory and CPU hold for the classic builder
 * only: BuildKit takes them and does nothing (seen with Docker 20.10: the step's cgroup has no
 * limit). So a build that is to be limited never gets here. What does hold for both builders is
 * {@code networkmode}.
 */
final class BuildKitBuild {
    private static final Logger LOG = LoggerFactory.getLogger(BuildKitBuild.class);
    private static final int LAST_LINES = 20;
    private static final Duration CANCEL = Duration.ofSeconds(5);

    private final EngineConnection engine;
    private final ImageBuild build;
    private final String id;
    private final Ask ask;
    private final Object lock = new Object();
    private final LastLines last = new LastLines(LAST_LINES);
    private final Redactor redactor;
    private final TraceLines trace;
    private final boolean withSession;
    private final AtomicBoolean ended = new AtomicBoolean();
    private @Nullable BuildSession session; // guarded by the lock
    private String error = "";
    private boolean hasImage;
    private boolean left;

    BuildKitBuild(EngineConnection engine, ImageBuild build, Consumer<String> log) {
        this.engine = engine;
        this.build = build;
        this.id = UUID.randomUUID().toString();
        this.ask = Ask.toBuild(build);
        // also where none is given: then a mount that is not required is empty
        this.withSession = !SecretMounts.of(Dockerfile.read(build.dockerfile().text())).isEmpty();
        this.redactor = new Redactor(build.secrets().values());
        this.trace =
                new TraceLines(
                        redactor::clean,
                        line -> {
                            last.add(line);
                            log.accept(line);
                        });
    }

    /** A line of the answer. */
    private record Piece(
            @Nullable String id,
            @Nullable Object aux,
            @Nullable String error,
            @Nullable Detail errorDetail) {}

    private record Detail(@Nullable String message) {}

    void run() throws ReconcileException {
        try (ContextStream context = new ContextStream(build.context(ImageBuild.Form.BUILDKIT))) {
            runWith(context);
        } catch (IOException e) {
            throw new IllegalStateException("a pipe in memory failed", e);
        } finally {
            closeSession();
        }
        if (!error.isEmpty()) {
            throw refused(new Refusal(ask, 500, error));
        }
        if (!hasImage) {
            throw new Transient(
                    ReasonCode.EngineUnavailable,
                    "can't build %s: the engine broke off in mid-build"
                            .formatted(build.reference()));
        }
    }

    private void runWith(ContextStream context) throws ReconcileException {
        if (withSession) {
            engine.calls()
                    .run(
                            Ask.toRead("open a session to build " + build.reference()),
                            this::openSession);
        }
        try {
            engine.calls()
                    .act(
                            ask,
                            () -> exchange(context),
                            refusal -> {
                                throw refused(refusal);
                            });
        } catch (Stalled late) {
            leave();
            throw late.reason() == ReasonCode.BuildFailed && late.getCause() == null
                    ? FailedBuild.withLines(late, lines())
                    : late;
        } catch (Transient broken) {
            leave();
            context.throwFailure();
            throw broken;
        }
    }

    /** It may be there only when nobody waits for it any more. */
    private boolean openSession() throws IOException {
        BuildSession opened = engine.session(id, build.secrets());
        synchronized (lock) {
            session = opened;
        }
        if (ended.get()) {
            opened.close();
        }
        return true;
    }

    private void closeSession() {
        ended.set(true);
        synchronized (lock) {
            if (session != null) {
                session.close();
            }
        }
    }

    private void exchange(ContextStream context) throws IOException {
        try (DockerHttpClient transport = engine.transport();
                DockerHttpClient.Response answer =
                        transport.execute(
                                DockerHttpClient.Request.builder()
                                        .method(DockerHttpClient.Request.Method.POST)
                                        .path("/build?" + query())
                                        .putHeader("Content-Type", "application/x-tar")
                                        .body(context)
                                        .build())) {
            BufferedReader body =
                    new BufferedReader(
                            new InputStreamReader(answer.getBody(), StandardCharsets.UTF_8));
            if (answer.getStatusCode() != 200) {
                throw new DockerException(
                        body.lines().collect(Collectors.joining("\n")), answer.getStatusCode());
            }
            for (String line = body.readLine(); line != null; line = body.readLine()) {
                if (!line.isBlank()) {
                    piece(Json.read(line, Piece.class));
                }
            }
        }
        synchronized (lock) {
            if (!left) {
                trace.end();
            }
        }
    }

    /** Nothing is told once the caller has left. */
    private void piece(Piece piece) {
        synchronized (lock) {
            if (left) {
                return;
            }
            if ("moby.buildkit.trace".equals(piece.id()) && piece.aux() instanceof String message) {
                trace.read(Base64.getDecoder().decode(message));
            }
            hasImage |= "moby.image.id".equals(piece.id());
            Detail detail = piece.errorDetail();
            String said = detail == null ? piece.error() : detail.message();
            error = said == null ? error : redactor.clean(said.strip());
        }
    }

    private String query() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("version", "2");
        parameters.put("buildid", id);
        if (withSession) {
            parameters.put("session", id);
        }
        parameters.put("t", build.reference());
        parameters.put("dockerfile", build.dockerfile().path());
        parameters.put("buildargs", Json.write(build.args()));
        parameters.put("labels", Json.write(build.labels()));
        parameters.put("rm", "1");
        parameters.put("forcerm", "1");
        return parameters.entrySet().stream()
                .map(
                        p ->
                                p.getKey()
                                        + "="
                                        + URLEncoder.encode(p.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    /**
     * Says that nobody waits any more. The engine cancels a build whose connection is gone, but
     * only once it sees that.
     */
    private void leave() {
        synchronized (lock) {
            left = true;
        }
        boolean interrupted = Thread.interrupted();
        try {
            engine.calls()
                    .act(
                            new Ask(
                                    "cancel build " + build.reference(),
                                    CANCEL,
                                    ReasonCode.BuildFailed,
                                    Ask.Late.ENGINE_SILENT),
                            this::cancel,
                            _ -> {});
        } catch (ReconcileException e) {
            LOG.debug("left to the closed connection: {}", e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void cancel() throws IOException {
        try (DockerHttpClient transport = engine.transport();
                DockerHttpClient.Response _ =
                        transport.execute(
                                DockerHttpClient.Request.builder()
                                        .method(DockerHttpClient.Request.Method.POST)
                                        .path("/build/cancel?id=" + id)
                                        .build())) {
            // its status says nothing that could be acted on
        }
    }

    private ReconcileException refused(Refusal refusal) {
        return FailedBuild.of(refusal, lines(), build.limits());
    }

    /** Those of the step that failed; steps that ran beside it say nothing about it. */
    private List<String> lines() {
        synchronized (lock) {
            List<String> failed = trace.failedLines();
            return failed.isEmpty() ? last.list() : failed;
        }
    }
}

package dev.berth.reconciler.engine;

import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.model.BuildResponseItem;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.desired.BuildLimits;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One build by the classic builder, which is cancelled by closing its connection, and whose limits
 * of memory and CPU hold for the container of each step. The answer's status is 200 whatever
 * happens: a build is good only if its last line says so.
 */
final class DockerBuild {
    private static final int LAST_LINES = 20;
    private static final long CPU_PERIOD = 100_000;
    private static final long LEAST_QUOTA = 1_000;

    private final EngineConnection engine;
    private final ImageBuild build;
    private final Ask ask;
    private final LastLines last = new LastLines(LAST_LINES);
    private final AtomicReference<String> error = new AtomicReference<>("");
    private final OutputLines output;

    DockerBuild(EngineConnection engine, ImageBuild build, Consumer<String> log) {
        this.engine = engine;
        this.build = build;
        this.ask = Ask.toBuild(build);
        this.output =
                new OutputLines(
                        OutputLines.KEPT,
                        line -> {
                            last.add(line);
                            log.accept(line);
                        });
    }

    void run() throws ReconcileException {
        try (ContextStream context = new ContextStream(build.context(ImageBuild.Form.ANY))) {
            runWith(context);
        } catch (IOException e) {
            throw new IllegalStateException("a pipe in memory failed", e);
        }
    }

    private void runWith(ContextStream context) throws ReconcileException {
        try (EngineStream<BuildResponseItem> stream =
                engine.streamWithLogins(
                        ReasonCode.BuildFailed, cpuLimit(build.limits()), this::piece)) {
            engine.calls()
                    .run(
                            ask,
                            () -> {
                                request(stream, context).exec(stream);
                                stream.awaitDone();
                                return true;
                            },
                            refusal -> {
                                throw refused(refusal);
                            });
        } catch (Stalled late) {
            throw late.reason() == ReasonCode.BuildFailed ? withLastLines(late) : late;
        } catch (Transient broken) {
            context.throwFailure();
            throw broken;
        }
        output.end();
        if (!error.get().isEmpty()) {
            throw refused(new Refusal(ask, 500, error.get()));
        }
        if (!saysSuccess()) {
            throw new Transient(
                    ReasonCode.EngineUnavailable,
                    "can't build %s: the engine broke off in mid-build"
                            .formatted(build.reference()));
        }
    }

    private BuildImageCmd request(EngineStream<BuildResponseItem> stream, ContextStream context) {
        BuildImageCmd request =
                stream.client()
                        .buildImageCmd(context)
                        .withTags(Set.of(build.reference()))
                        .withDockerfilePath(build.dockerfile().path())
                        .withLabels(build.labels())
                        .withPull(false)
                        .withRemove(true)
                        .withForcerm(true);
        build.args().forEach(request::withBuildArg);
        long memory = build.limits().memoryBytes();
        // the same for both: else as much again could be swapped out
        return memory == 0 ? request : request.withMemory(memory).withMemswap(memory);
    }

    /** The client library has no word for it. */
    private static Map<String, Long> cpuLimit(BuildLimits limits) {
        return limits.cpuMillis() == 0
                ? Map.of()
                : Map.of(
                        "cpuperiod",
                        CPU_PERIOD,
                        "cpuquota",
                        Math.max(LEAST_QUOTA, limits.cpuMillis() * CPU_PERIOD / 1000));
    }

    private void piece(BuildResponseItem piece) {
        StreamErrors.of(piece).ifPresent(error::set);
        String text = piece.getStream();
        String status = piece.getStatus();
        if (text != null) {
            output.add(text);
        } else if (status != null && piece.getProgressDetail() == null) {
            output.end();
            output.add(status + "\n");
        }
    }

    private boolean saysSuccess() {
        List<String> lines = last.list();
        return !lines.isEmpty() && lines.getLast().startsWith("Successfully ");
    }

    private ReconcileException refused(Refusal refusal) {
        output.end();
        return FailedBuild.of(refusal, last.list(), build.limits());
    }

    private Stalled withLastLines(Stalled failure) {
        output.end();
        return FailedBuild.withLines(failure, last.list());
    }
}

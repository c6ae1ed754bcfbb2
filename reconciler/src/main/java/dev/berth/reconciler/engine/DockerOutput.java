package dev.berth.reconciler.engine;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.engine.ContainerEngine.ExecResult;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.schemas.status.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What containers of a Docker engine print, and commands run in them. */
final class DockerOutput {
    private static final int EXEC_OUTPUT = 4096;
    private static final int NOT_FOUND = 127;

    private final EngineConnection engine;

    DockerOutput(EngineConnection engine) {
        this.engine = engine;
    }

    List<String> logTail(ContainerId id, int lines) throws ReconcileException {
        LastLines last = new LastLines(lines);
        Map<StreamType, OutputLines> byStream = new EnumMap<>(StreamType.class);
        try (EngineStream<Frame> stream =
                engine.stream(
                        frame ->
                                byStream.computeIfAbsent(
                                                frame.getStreamType(),
                                                _ -> new OutputLines(OutputLines.TOLD, last::add))
                                        .add(frame.getPayload()))) {
            engine.calls()
                    .run(
                            Ask.toRead("read the log of container " + id.shortId()),
                            () -> {
                                stream.client()
                                        .logContainerCmd(id.text())
                                        .withStdOut(true)
                                        .withStdErr(true)
                                        .withTail(lines)
                                        .exec(stream);
                                stream.awaitDone();
                                return true;
                            },
                            refusal -> {
                                if (refusal.status() == 404) {
                                    return false;
                                }
                                throw refusal.usual();
                            });
        }
        byStream.values().forEach(OutputLines::end);
        return last.list();
    }

    ExecResult exec(ContainerId id, List<String> command, Duration timeout)
            throws ReconcileException {
        Ask ask =
                new Ask(
                        "run a command in container " + id.shortId(),
                        timeout,
                        ReasonCode.HealthCheckFailed,
                        Ask.Late.TRY_AGAIN);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (EngineStream<Frame> stream =
                engine.stream(frame -> keepEnd(output, frame.getPayload()))) {
            Integer code =
                    engine.calls()
                            .run(
                                    ask,
                                    () -> exec(id, command, stream),
                                    refusal -> notFound(refusal, output));
            return new ExecResult(
                    code == null ? -1 : code, output.toString(StandardCharsets.UTF_8));
        }
    }

    private @Nullable Integer exec(ContainerId id, List<String> command, EngineStream<Frame> stream)
            throws Exception {
        String exec =
                stream.client()
                        .execCreateCmd(id.text())
                        .withCmd(command.toArray(String[]::new))
                        .withAttachStdout(true)
                        .withAttachStderr(true)
                        .exec()
                        .getId();
        stream.client().execStartCmd(exec).exec(stream);
        stream.awaitDone();
        Long code = stream.client().inspectExecCmd(exec).exec().getExitCodeLong();
        return code == null ? null : code.intValue();
    }

    /** Newer engines refuse a command that isn't there; older ones run it and tell 126 or 127. */
    private static Integer notFound(Refusal refusal, ByteArrayOutputStream output)
            throws ReconcileException {
        if (refusal.status() == 400 && refusal.says("exec")) {
            keepEnd(output, refusal.words().getBytes(StandardCharsets.UTF_8));
            return NOT_FOUND;
        }
        throw refusal.again();
    }

    private static void keepEnd(ByteArrayOutputStream output, byte[] more) {
        output.writeBytes(more);
        if (output.size() > EXEC_OUTPUT) {
            byte[] all = output.toByteArray();
            output.reset();
            output.writeBytes(Arrays.copyOfRange(all, all.length - EXEC_OUTPUT, all.length));
        }
    }
}

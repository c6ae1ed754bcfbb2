package dev.berth.reconciler.engine;

import com.github.dockerjava.api.exception.DockerException;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls to the engine: each on a virtual thread of its own that is interrupted at the deadline
 * or when the caller is, which closes the call's connection. (The client library's own timeouts do
 * nothing on a Unix socket.) Turns what it throws into the {@link ReconcileException} family.
 * Thread-safe.
 */
final class EngineCalls {
    private final String host;

    /**
     * Makes it.
     *
     * @param host the engine's address, for messages
     */
    EngineCalls(String host) {
        this.host = host;
    }

    /** What a refusal means: an answer after all, or a failure. */
    @FunctionalInterface
    interface Verdict<T> {
        T on(Refusal refusal) throws ReconcileException;
    }

    /** A call without a result. */
    @FunctionalInterface
    interface Deed {
        void run() throws Exception;
    }

    /** What a refusal means: all is well nevertheless, or a failure. */
    @FunctionalInterface
    interface Reaction {
        void to(Refusal refusal) throws ReconcileException;
    }

    void act(Ask ask, Deed deed, Reaction reaction) throws ReconcileException {
        run(
                ask,
                () -> {
                    deed.run();
                    return true;
                },
                refusal -> {
                    reaction.to(refusal);
                    return true;
                });
    }

    <T> T run(Ask ask, Callable<T> call) throws ReconcileException {
        return run(
                ask,
                call,
                refusal -> {
                    throw refusal.usual();
                });
    }

    <T> T run(Ask ask, Callable<T> call, Verdict<T> verdict) throws ReconcileException {
        FutureTask<T> task = new FutureTask<>(call);
        Thread.ofVirtual().name("engine: " + ask.what()).start(task);
        try {
            return task.get(ask.deadline().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw late(ask);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Transient(
                    ReasonCode.Superseded, "interrupted while asked to " + ask.what(), e);
        } catch (ExecutionException e) {
            return judge(ask, e.getCause(), verdict);
        } finally {
            task.cancel(true);
        }
    }

    private <T> T judge(Ask ask, @Nullable Throwable thrown, Verdict<T> verdict)
            throws ReconcileException {
        if (thrown instanceof ReconcileException known) {
            throw known;
        }
        if (thrown instanceof DockerException refused && refused.getHttpStatus() > 0) {
            // Without its cause: the library's message may quote the request.
            Refusal refusal = Refusal.of(ask, refused);
            if (refusal.diskFull()) {
                throw refusal.full();
            }
            return verdict.on(refusal);
        }
        IOException broken = ioFailure(thrown);
        if (broken != null) {
            throw unreachable(ask, broken);
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException("can't " + ask.what(), thrown);
    }

    private ReconcileException late(Ask ask) {
        String message =
                "can't %s: not done within %d s"
                        .formatted(ask.what(), Math.max(1, ask.deadline().toSeconds()));
        return switch (ask.late()) {
            case ENGINE_SILENT ->
                    new Transient(
                            ReasonCode.EngineUnavailable,
                            message + "; the container engine at " + host + " does not answer");
            case TRY_AGAIN -> new Transient(ask.reason(), message);
            case GIVE_UP -> new Stalled(ask.reason(), message);
        };
    }

    private Transient unreachable(Ask ask, IOException broken) {
        return new Transient(
                ReasonCode.EngineUnavailable,
                "can't %s: the container engine at %s can't be reached (%s). Is it running, and is DOCKER_HOST right?"
                        .formatted(ask.what(), host, reason(broken)),
                broken);
    }

    private static String reason(IOException broken) {
        String message = broken.getMessage();
        return message == null ? broken.getClass().getSimpleName() : message;
    }

    /** The client library wraps what the transport throws, sometimes twice. */
    private static @Nullable IOException ioFailure(@Nullable Throwable thrown) {
        Throwable at = thrown;
        for (int depth = 0; at != null && depth < 5; depth++) {
            if (at instanceof IOException io) {
                return io;
            }
            at = at.getCause();
        }
        return null;
    }
}

package dev.berth.reconciler.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One answer that comes piece by piece, over connections of its own: closing it breaks them, so it
 * ends at once whatever the engine is doing, before its first byte too. Pieces come on a thread of
 * the client library; none after {@code close} returned.
 */
final class EngineStream<T> implements ResultCallback<T> {
    private final Object lock = new Object();
    private final DockerClient connections;
    private final Consumer<T> onPiece;
    private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private boolean closed;

    EngineStream(DockerClient connections, Consumer<T> onPiece) {
        this.connections = connections;
        this.onPiece = onPiece;
    }

    /** The client to ask with. */
    DockerClient client() {
        return connections;
    }

    /** Waits for the answer's head. */
    void awaitBegun() throws Exception {
        get(begun);
    }

    /** Waits for the answer's end. */
    void awaitDone() throws Exception {
        get(done);
    }

    /** Told once, when the answer ends by itself: with its failure, or {@code null}. */
    void whenDone(Consumer<@Nullable Throwable> action) {
        var _ =
                done.whenComplete(
                        (_, failure) -> {
                            if (!isClosed()) {
                                action.accept(failure);
                            }
                        });
    }

    @Override
    public void onStart(Closeable stream) {
        begun.complete(true);
    }

    @Override
    public void onNext(T piece) {
        synchronized (lock) {
            if (!closed) {
                onPiece.accept(piece);
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        begun.completeExceptionally(failure);
        done.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        begun.complete(true);
        done.complete(true);
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            connections.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    private static void get(CompletableFuture<Boolean> moment) throws Exception {
        try {
            moment.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}

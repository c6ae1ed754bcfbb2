package dev.berth.webapp.page;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.status.AppLogs;
import dev.berth.reconciler.status.RunLogs;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A log for a page, which is shown without it when the engine takes its time. */
public final class QuickLogs {
    private final AppLogs logs;
    private final RunLogs runs;
    private final Duration within;

    /** A tail that takes its time. */
    @FunctionalInterface
    private interface Tail {
        List<String> read() throws UnavailableException;
    }

    public QuickLogs(AppLogs logs, RunLogs runs, Duration within) {
        this.logs = logs;
        this.runs = runs;
        this.within = within;
    }

    /**
     * The last lines.
     *
     * @throws UnavailableException if the engine does not answer in time
     */
    List<String> tail(String app, int lines) throws UnavailableException {
        return inTime(() -> logs.tail(app, lines));
    }

    /**
     * The last lines of the newest run of a job; none when there is no such run.
     *
     * @param job as status names it
     * @throws UnavailableException if the engine does not answer in time
     */
    List<String> tail(ResourceId job, int lines) throws UnavailableException {
        return inTime(() -> runs.tailOf(job, lines).orElse(List.of()));
    }

    private List<String> inTime(Tail tail) throws UnavailableException {
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("berth-log-tail")
                .start(
                        () -> {
                            try {
                                answer.complete(tail.read());
                            } catch (UnavailableException | RuntimeException e) {
                                answer.completeExceptionally(e);
                            }
                        });
        try {
            return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnavailableException why
                    ? why
                    : new UnavailableException("The log could not be read", e.getCause());
        } catch (TimeoutException e) {
            throw new UnavailableException(
                    "The engine did not answer within %d s".formatted(within.toSeconds()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("Berth is stopping", e);
        }
    }
}

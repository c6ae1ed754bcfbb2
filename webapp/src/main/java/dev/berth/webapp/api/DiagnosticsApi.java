package dev.berth.webapp.api;

import dev.berth.reconciler.status.HistoryWriter;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.reconciler.status.Vitals;
import dev.berth.schemas.Json;
import dev.berth.schemas.status.PassReport;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code diagnostics}: how control itself does. Holds no secret and no environment value. */
@Path("/api/v1/diagnostics")
@Produces(Answers.JSON)
@Dependent
public class DiagnosticsApi {
    private final StatusBoard board;
    private final HistoryWriter writer;
    private final Supplier<Vitals> vitals;

    /**
     * All about the process.
     *
     * @param pass the newest pass; {@code null} before the first
     * @param orphans what nobody declares and stays, as of that pass
     */
    public record Diagnostics(
            String java,
            Memory memory,
            Vitals vitals,
            History history,
            @Nullable String pass,
            List<PassReport.Orphan> orphans) {
        public Diagnostics {
            orphans = List.copyOf(orphans);
        }
    }

    /** The Java heap, in bytes. */
    public record Memory(long usedBytes, long committedBytes, long maxBytes) {}

    /**
     * The history's queue.
     *
     * @param failure why it can't be written now; {@code null} when it can
     */
    public record History(boolean available, @Nullable String failure, int queued, long dropped) {}

    @Inject
    public DiagnosticsApi(StatusBoard board, HistoryWriter writer, Supplier<Vitals> vitals) {
        this.board = board;
        this.writer = writer;
        this.vitals = vitals;
    }

    @GET
    public Response read() {
        StatusBoard.Posting posting = board.newest();
        String failure = writer.failure();
        Runtime runtime = Runtime.getRuntime();
        return Answers.momentary(
                Json.write(
                        new Diagnostics(
                                Runtime.version().toString(),
                                new Memory(
                                        runtime.totalMemory() - runtime.freeMemory(),
                                        runtime.totalMemory(),
                                        runtime.maxMemory()),
                                vitals.get(),
                                new History(
                                        failure == null,
                                        failure,
                                        writer.queued(),
                                        writer.dropped()),
                                posting == null ? null : posting.pass().id(),
                                posting == null ? List.of() : posting.pass().orphans())),
                Answers.JSON);
    }
}

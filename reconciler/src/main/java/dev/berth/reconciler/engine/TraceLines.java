package dev.berth.reconciler.engine;

import dev.berth.reconciler.engine.buildlog.BuildTrace;
import dev.berth.reconciler.engine.buildlog.BuildTrace.Vertex;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Turns BuildKit's trace into the lines that people know: {@code #5 [2/4] RUN npm ci}, {@code #5
 * 1.204 added 3 packages}, {@code #5 DONE 2.1s}. Steps are numbered as they begin; lines of steps
 * that run beside each other are mixed, each with its step's number. Not thread-safe.
 */
final class TraceLines implements BuildTrace.Listener {
    private static final int LAST_LINES = 20;

    private final UnaryOperator<String> quiet;
    private final Consumer<String> onLine;
    private final Map<String, Step> steps = new HashMap<>();
    private int numbers;
    private @Nullable Step failed;

    /**
     * @param quiet takes secrets out of a line
     */
    TraceLines(UnaryOperator<String> quiet, Consumer<String> onLine) {
        this.quiet = quiet;
        this.onLine = onLine;
    }

    /** One step, from when it began. */
    private final class Step {
        private final int number = ++numbers;
        private final Instant started;
        private final LastLines last = new LastLines(LAST_LINES);
        private final OutputLines output = new OutputLines(OutputLines.KEPT, quiet, this::line);
        private Instant now;
        private boolean ended;

        Step(Instant started) {
            this.started = started;
            this.now = started;
        }

        private void line(String text) {
            last.add(text);
            Duration after = Duration.between(started, now);
            tell(String.format(Locale.ROOT, "%.3f %s", seconds(after), text));
        }

        private void tell(String text) {
            onLine.accept("#" + number + " " + text);
        }
    }

    /** Reads one message of the engine; one that is malformed is passed over. */
    void read(byte[] message) {
        try {
            BuildTrace.read(message, this);
        } catch (IllegalArgumentException _) {
            // Only the log suffers: whether the build worked is not said here.
        }
    }

    /** Nothing more comes: what is left of lines that never ended is told. */
    void end() {
        steps.values().stream()
                .sorted(Comparator.comparingInt(step -> step.number))
                .forEach(step -> step.output.end());
    }

    /** The last lines of the first step that failed by itself; empty when none did. */
    List<String> failedLines() {
        return failed == null ? List.of() : failed.last.list();
    }

    @Override
    public void vertex(Vertex vertex) {
        Instant started = vertex.started();
        if (started == null) {
            return;
        }
        Step step = steps.get(vertex.digest());
        if (step == null) {
            step = new Step(started);
            steps.put(vertex.digest(), step);
            step.tell(vertex.name().replaceAll("\\s+", " ").strip());
        }
        Instant completed = vertex.completed();
        if (completed != null && !step.ended) {
            end(step, vertex, Duration.between(step.started, completed));
        }
    }

    @Override
    public void output(String vertex, Instant at, byte[] piece) {
        Step step = steps.get(vertex);
        if (step == null) {
            step = new Step(at);
            steps.put(vertex, step);
        }
        step.now = at;
        step.output.add(piece);
    }

    private void end(Step step, Vertex vertex, Duration took) {
        step.ended = true;
        step.output.end();
        if (vertex.error().isEmpty()) {
            step.tell(
                    vertex.cached()
                            ? "CACHED"
                            : String.format(Locale.ROOT, "DONE %.1fs", seconds(took)));
        } else if (vertex.error().endsWith("context canceled")) {
            step.tell("CANCELED");
        } else {
            step.tell("ERROR: " + quiet.apply(vertex.error().strip()));
            failed = failed == null ? step : failed;
        }
    }

    private static double seconds(Duration time) {
        return Math.max(0, time.toNanos() / 1e9);
    }
}

package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.engine.EngineCall;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReconcileLoopTest {
    @TempDir Path directory;
    private final Logger log = Logger.getLogger(ReconcileLoop.class.getName());
    private final List<LogRecord> logged = new CopyOnWriteArrayList<>();
    private final Handler ear =
            new Handler() {
                @Override
                public void publish(LogRecord entry) {
                    logged.add(entry);
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void listen() {
        log.addHandler(ear);
    }

    @AfterEach
    void stopListening() {
        log.removeHandler(ear);
    }

    @Test
    void close_inTheMiddleOfAPass_isNoBug() {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop:1");
        spine.commit(1, "{image: 'shop:1', port: 80, healthcheck: {command: [\"false\"]}}");
        ReconcileLoop loop = new ReconcileLoop(spine.reconciler, _ -> {}, InstantSource.system());
        loop.start();
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () ->
                                spine.engine.journal().stream()
                                        .anyMatch(entry -> entry.call() == EngineCall.EXEC));

        loop.close();

        assertThat(loop.running()).isFalse();
        assertThat(logged).filteredOn(entry -> Level.SEVERE.equals(entry.getLevel())).isEmpty();
    }
}

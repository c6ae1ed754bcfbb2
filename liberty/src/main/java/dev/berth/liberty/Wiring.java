package dev.berth.liberty;

import dev.berth.liberty.edge.EdgeToken;
import dev.berth.liberty.edge.LongPolls;
import dev.berth.liberty.health.PassTally;
import dev.berth.liberty.history.FileCredentials;
import dev.berth.liberty.history.Migrations;
import dev.berth.liberty.history.PersistenceUnit;
import dev.berth.reconciler.status.AppLogs;
import dev.berth.reconciler.status.HistoryWriter;
import dev.berth.reconciler.status.JpaPassHistory;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.reconciler.status.UnavailableException;
import dev.berth.reconciler.status.Vitals;
import dev.berth.reconciler.traffic.EdgeLink;
import dev.berth.webapp.page.Assets;
import dev.berth.webapp.page.PageRenderer;
import dev.berth.webapp.page.QuickLogs;
import dev.berth.webapp.stream.StreamHub;
import jakarta.annotation.Resource;
import jakarta.annotation.Resource.AuthenticationType;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes every bean: the only class that does. What it makes carries no annotation, has only final
 * fields and one constructor, and is there once ({@code @Singleton}, so that no proxy is needed).
 */
@Dependent
public class Wiring {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration LOG_WITHIN = Duration.ofSeconds(2);

    @Resource(lookup = "jdbc/berth", authenticationType = AuthenticationType.APPLICATION)
    @SuppressWarnings("NullAway.Init") // the container fills it; JNDI look-ups are banned
    private DataSource server;

    // ---- time and environment ----

    @Produces
    @Singleton
    InstantSource clock() {
        return InstantSource.system();
    }

    @Produces
    @Singleton
    Environment environment() {
        return Environment.of(System.getenv());
    }

    // ---- status and history ----

    @Produces
    @Singleton
    StatusBoard board() {
        return new StatusBoard();
    }

    @Produces
    @Singleton
    JpaPassHistory history(Environment environment) {
        DataSource database =
                environment.databasePasswordFile() == null
                        ? server
                        : new FileCredentials(
                                server,
                                environment.databaseUser(),
                                environment.databasePasswordFile());
        return new JpaPassHistory(new Migrations(database), new PersistenceUnit(database));
    }

    @Produces
    @Singleton
    HistoryWriter writer(JpaPassHistory history, StatusBoard board, InstantSource clock) {
        return new HistoryWriter(history, HistoryWriter.Settings.USUAL, clock, board::restore);
    }

    @Produces
    @Singleton
    PassTally tally() {
        return new PassTally();
    }

    // ---- edge ----

    @Produces
    @Singleton
    EdgeLink edgeLink(InstantSource clock) {
        return new EdgeLink(clock, () -> {});
    }

    @Produces
    @Singleton
    EdgeToken edgeToken(Environment environment) {
        return new EdgeToken(environment.edgeTokenFile());
    }

    @Produces
    @Singleton
    LongPolls longPolls() {
        return new LongPolls();
    }

    // ---- reconciler ----

    @Produces
    @Singleton
    Loop loop() {
        return new NoLoop();
    }

    @Produces
    @Singleton
    AppLogs logs() {
        return (app, lines) -> {
            throw new UnavailableException("The engine is not connected", null);
        };
    }

    @Produces
    @Singleton
    Supplier<Vitals> vitals(Loop loop, EdgeLink edge) {
        return () ->
                new Vitals(loop.running(), loop.fetchedAt(), loop.engineWrites(), edge.connected());
    }

    // ---- web ----

    @Produces
    @Singleton
    StreamHub hub(StatusBoard board) {
        return new StreamHub(board, HEARTBEAT);
    }

    @Produces
    @Singleton
    Assets assets() {
        return new Assets();
    }

    @Produces
    @Singleton
    PageRenderer renderer(StatusBoard board, Assets assets, InstantSource clock) {
        return new PageRenderer(board, assets, clock);
    }

    @Produces
    @Singleton
    QuickLogs quickLogs(AppLogs logs) {
        return new QuickLogs(logs, LOG_WITHIN);
    }

    /** Until the reconciler is wired: does nothing. */
    private static final class NoLoop implements Loop {
        private volatile boolean running;

        @Override
        public void start() {
            running = true;
        }

        @Override
        public boolean running() {
            return running;
        }

        @Override
        public @Nullable Instant fetchedAt() {
            return null;
        }

        @Override
        public long engineWrites() {
            return 0;
        }

        @Override
        public void close() {
            running = false;
        }
    }
}

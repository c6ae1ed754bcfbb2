package dev.berth.liberty;

import dev.berth.liberty.edge.EdgeToken;
import dev.berth.liberty.edge.LongPolls;
import dev.berth.liberty.health.CertificateOrders;
import dev.berth.liberty.health.PassTally;
import dev.berth.liberty.history.FileCredentials;
import dev.berth.liberty.history.JdbcBuildStore;
import dev.berth.liberty.history.JdbcDeliveryStore;
import dev.berth.liberty.history.JdbcLeaseStore;
import dev.berth.liberty.history.Migrations;
import dev.berth.liberty.history.PersistenceUnit;
import dev.berth.liberty.notify.SmtpSender;
import dev.berth.reconciler.build.kept.BuildLogReader;
import dev.berth.reconciler.build.kept.BuildStore;
import dev.berth.reconciler.build.kept.Builds;
import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.forge.ForgeOutbox;
import dev.berth.reconciler.lease.LeaseStore;
import dev.berth.reconciler.notify.AlertKeys;
import dev.berth.reconciler.notify.Channels;
import dev.berth.reconciler.notify.HttpPost;
import dev.berth.reconciler.notify.KeyFiles;
import dev.berth.reconciler.notify.Keyring;
import dev.berth.reconciler.notify.Outbox;
import dev.berth.reconciler.notify.OutboxFiles;
import dev.berth.reconciler.notify.OwnersReach;
import dev.berth.reconciler.notify.Reach;
import dev.berth.reconciler.notify.SlackSender;
import dev.berth.reconciler.notify.WebhookSender;
import dev.berth.reconciler.status.AppLogs;
import dev.berth.reconciler.status.AppTraffic;
import dev.berth.reconciler.status.EdgeTraffic;
import dev.berth.reconciler.status.HistoryWriter;
import dev.berth.reconciler.status.JpaPassHistory;
import dev.berth.reconciler.status.RunLogs;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.reconciler.status.Vitals;
import dev.berth.reconciler.traffic.EdgeLink;
import dev.berth.reconciler.webhook.DeliveryBook;
import dev.berth.reconciler.webhook.WebhookInbox;
import dev.berth.reconciler.webhook.kept.ForgeFaults;
import dev.berth.reconciler.webhook.kept.WebhookSetups;
import dev.berth.webapp.page.Assets;
import dev.berth.webapp.page.PageRenderer;
import dev.berth.webapp.page.QuickLogs;
import dev.berth.webapp.stream.BuildLogStreams;
import dev.berth.webapp.stream.StreamHub;
import jakarta.annotation.Resource;
import jakarta.annotation.Resource.AuthenticationType;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import javax.sql.DataSource;

/**
 * Makes every bean: the only class that does. What it makes carries no annotation, has only final
 * fields and one constructor, and is there once ({@code @Singleton}, so that no proxy is needed).
 */
@Dependent
public class Wiring {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration SEND_WITHIN = Duration.ofSeconds(10);
    private static final Duration MAIL_WITHIN = Duration.ofSeconds(30);
    private static final Duration LOG_WITHIN = Duration.ofSeconds(2);

    @Resource(lookup = "jdbc/berth", authenticationType = AuthenticationType.APPLICATION)
    @SuppressWarnings("NullAway.Init") // the container fills it; JNDI look-ups are banned
    private DataSource server;

    // ---- time and environment ----

    @Produces
    @Singleton
    Clockwork clock() {
        return Clockwork.system();
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
        DataSource database = database(environment);
        return new JpaPassHistory(new Migrations(database), new PersistenceUnit(database));
    }

    private DataSource database(Environment environment) {
        return environment.databasePasswordFile() == null
                ? server
                : new FileCredentials(
                        server, environment.databaseUser(), environment.databasePasswordFile());
    }

    @Produces
    @Singleton
    LeaseStore leases(Environment environment) {
        return new JdbcLeaseStore(database(environment));
    }

    @Produces
    @Singleton
    BuildStore keptBuilds(Environment environment) {
        return new JdbcBuildStore(database(environment));
    }

    @Produces
    @Singleton
    HistoryWriter writer(
            JpaPassHistory history,
            StatusBoard board,
            ControlProcess process,
            InstantSource clock) {
        return new HistoryWriter(
                history,
                HistoryWriter.Settings.USUAL,
                clock,
                last -> {
                    board.restore(last);
                    process.remember(last);
                });
    }

    @Produces
    @Singleton
    PassTally tally() {
        return new PassTally();
    }

    // ---- edge ----

    @Produces
    @Singleton
    EdgeBell edgeBell() {
        return new EdgeBell();
    }

    @Produces
    @Singleton
    EdgeLink edgeLink(Clockwork clock, EdgeBell bell) {
        return new EdgeLink(clock, bell, bell::wake);
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
    ControlProcess process(
            Environment environment,
            EdgeLink edge,
            EdgeBell bell,
            StatusBoard board,
            LeaseStore leases,
            BuildStore kept,
            Clockwork clock) {
        ControlProcess process = new ControlProcess(environment, edge, leases, kept, board, clock);
        bell.answer(process::edgeConnected, process::wakeRequested);
        return process;
    }

    @Produces
    @Singleton
    AppTraffic traffic(EdgeLink edge) {
        return new EdgeTraffic(edge::served);
    }

    @Produces
    @Singleton
    AppLogs logs(ControlProcess process) {
        return process.logs();
    }

    @Produces
    @Singleton
    RunLogs runLogs(ControlProcess process) {
        return process.runLogs();
    }

    @Produces
    @Singleton
    Builds builds(ControlProcess process) {
        return process.builds();
    }

    @Produces
    @Singleton
    BuildLogReader buildLogs(ControlProcess process) {
        return process.buildLogs();
    }

    @Produces
    @Singleton
    Supplier<Vitals> vitals(ControlProcess loop, EdgeLink edge) {
        return () ->
                new Vitals(
                        loop.running(),
                        loop.fetchedAt(),
                        loop.pollOverdue(),
                        loop.engineWrites(),
                        edge.connected(),
                        loop.writer(),
                        loop.writerUnknown(),
                        loop.storage());
    }

    @Produces
    @Singleton
    StopSignal stopSignal(LongPolls polls, StreamHub hub, BuildLogStreams logs) {
        return new StopSignal(List.of(polls::close, hub::close, logs::close));
    }

    // ---- webhooks ----

    @Produces
    @Singleton
    DeliveryBook deliveries(Environment environment, Clockwork clock) {
        return new DeliveryBook(new JdbcDeliveryStore(database(environment)), clock);
    }

    @Produces
    @Singleton
    WebhookInbox webhooks(ControlProcess process, DeliveryBook book, Clockwork clock) {
        return new WebhookInbox(
                process::subscriptions,
                process::secret,
                book,
                new WebhookInbox.Hints(process::hinted, process::hinted),
                clock);
    }

    @Produces
    @Singleton
    WebhookSetups webhookSetups(ControlProcess process) {
        return process::webhookSetup;
    }

    @Produces
    @Singleton
    ForgeFaults forgeFaults(ControlProcess process) {
        return process::forgeFaults;
    }

    @Produces
    @Singleton
    Supplier<ForgeOutbox.Counts> posts(ControlProcess process) {
        return process::posts;
    }

    @Produces
    @Singleton
    Supplier<CertificateOrders> orders(ControlProcess process) {
        return () -> CertificateOrders.of(process.certificateOrders());
    }

    // ---- alerts ----

    @Produces
    @Singleton
    Outbox outbox(Environment environment, ControlProcess process, Clockwork clock) {
        Path own = environment.home().resolve("keys");
        Keyring keys = new AlertKeys(new KeyFiles(own.resolve("alerts")), process::secret);
        Reach reach = new OwnersReach(own.resolve("alert-servers"));
        SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        HttpPost http = new HttpPost(SEND_WITHIN, reach, tls);
        return new Outbox(
                new OutboxFiles(environment.home().resolve("outbox")),
                process::watch,
                new Channels(
                        new SlackSender(keys, http),
                        new WebhookSender(keys, http, clock),
                        new SmtpSender(keys, reach, SEND_WITHIN, MAIL_WITHIN, tls)),
                new Backoff(new Random()),
                clock);
    }

    // ---- web ----

    @Produces
    @Singleton
    StreamHub hub(StatusBoard board) {
        return new StreamHub(board, HEARTBEAT);
    }

    @Produces
    @Singleton
    BuildLogStreams buildLogStreams(Builds builds, BuildLogReader logs) {
        return new BuildLogStreams(builds, logs, HEARTBEAT);
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
    QuickLogs quickLogs(AppLogs logs, RunLogs runs) {
        return new QuickLogs(logs, runs, LOG_WITHIN);
    }
}

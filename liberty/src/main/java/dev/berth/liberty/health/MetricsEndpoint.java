package dev.berth.liberty.health;

import dev.berth.reconciler.build.kept.BuildCounts;
import dev.berth.reconciler.build.kept.Builds;
import dev.berth.reconciler.forge.ForgeOutbox;
import dev.berth.reconciler.notify.Outbox;
import dev.berth.reconciler.status.HistoryWriter;
import dev.berth.reconciler.status.StatusBoard;
import dev.berth.reconciler.status.Storage;
import dev.berth.reconciler.status.Vitals;
import dev.berth.reconciler.webhook.kept.Deliveries;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.Build.Phase;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.ResourceStatus;
import dev.berth.webapp.http.Answers;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/** What Prometheus reads; every name begins with {@code berth_}. */
@Path("/metrics")
@Dependent
public class MetricsEndpoint {
    private final StatusBoard board;
    private final HistoryWriter writer;
    private final PassTally tally;
    private final Supplier<Vitals> vitals;
    private final Outbox outbox;
    private final Builds builds;
    private final Deliveries deliveries;
    private final Supplier<ForgeOutbox.Counts> posts;
    private final Supplier<CertificateOrders> orders;

    @Inject
    public MetricsEndpoint(
            StatusBoard board,
            HistoryWriter writer,
            PassTally tally,
            Supplier<Vitals> vitals,
            Outbox outbox,
            Builds builds,
            Deliveries deliveries,
            Supplier<ForgeOutbox.Counts> posts,
            Supplier<CertificateOrders> orders) {
        this.board = board;
        this.writer = writer;
        this.tally = tally;
        this.vitals = vitals;
        this.outbox = outbox;
        this.builds = builds;
        this.deliveries = deliveries;
        this.posts = posts;
        this.orders = orders;
    }

    @GET
    public Response read() {
        MetricsText text = new MetricsText();
        passes(text);
        resources(text);
        CertificateGauges.write(text, board.resources());
        CertificateGauges.write(text, orders.get());
        Vitals now = vitals.get();
        vitals(text, now);
        storage(text, now.storage());
        history(text);
        builds(text);
        webhooks(text);
        posts(text, posts.get());
        previews(text);
        alerts(text, outbox.counts());
        return Answers.momentary(text.toString(), MetricsText.TYPE);
    }

    private void passes(MetricsText text) {
        PassTally.Counts counts = tally.counts();
        text.metric("berth_passes_total", "counter", "Passes since the start.")
                .value("berth_passes_total", counts.passes());
        text.metric("berth_pass_seconds_total", "counter", "Time spent in passes.")
                .value("berth_pass_seconds_total", counts.spent());
        text.metric("berth_pass_last_seconds", "gauge", "Time the newest pass took.")
                .value("berth_pass_last_seconds", counts.last());
        text.metric("berth_changes_total", "counter", "Changes since the start, by outcome.");
        for (PassReport.Result result : PassReport.Result.values()) {
            text.value(
                    "berth_changes_total",
                    counts.changes().getOrDefault(result, 0L),
                    "outcome",
                    result.name());
        }
    }

    private void builds(MetricsText text) {
        List<Build> underway = builds.underway();
        BuildCounts counts = builds.counts();
        text.metric("berth_builds", "gauge", "Builds that go on, by phase.");
        for (Phase phase : Phase.values()) {
            if (!phase.last()) {
                long now = underway.stream().filter(build -> build.phase() == phase).count();
                text.value("berth_builds", now, "phase", phase.name());
            }
        }
        text.metric("berth_builds_ended_total", "counter", "Builds that ended since the start.");
        for (Phase phase : Phase.values()) {
            if (phase.last()) {
                long ended = counts.ended().getOrDefault(phase, 0L);
                text.value("berth_builds_ended_total", ended, "phase", phase.name());
            }
        }
        text.metric(
                        "berth_builds_engine_seconds_total",
                        "counter",
                        "Time the engine took for builds since the start.")
                .value("berth_builds_engine_seconds_total", counts.building());
    }

    private void webhooks(MetricsText text) {
        text.metric(
                "berth_webhook_total", "counter", "Deliveries of webhooks, by what they came to.");
        for (Deliveries.Count count : deliveries.counts()) {
            text.value(
                    "berth_webhook_total",
                    count.deliveries(),
                    "provider",
                    count.provider(),
                    "outcome",
                    count.outcome().name());
        }
    }

    private static void posts(MetricsText text, ForgeOutbox.Counts now) {
        text.metric(
                        "berth_forge_posts_total",
                        "counter",
                        "Tries to say something at a forge, by outcome; given_up = nobody took it for a day.")
                .value("berth_forge_posts_total", now.sent(), "outcome", "sent")
                .value("berth_forge_posts_total", now.failures(), "outcome", "failed")
                .value("berth_forge_posts_total", now.givenUp(), "outcome", "given_up");
        text.metric(
                        "berth_forge_posts_waiting",
                        "gauge",
                        "Comments and statuses that wait to be taken by a forge.")
                .value("berth_forge_posts_waiting", now.waiting());
    }

    private void previews(MetricsText text) {
        List<PreviewStatus> previews = board.previews();
        text.metric("berth_previews", "gauge", "Open pull requests and branches, by preview.");
        for (PreviewStatus.State state : PreviewStatus.State.values()) {
            long count = previews.stream().filter(preview -> preview.state() == state).count();
            text.value("berth_previews", count, "state", state.name());
        }
    }

    private void resources(MetricsText text) {
        List<ResourceStatus> resources = board.resources();
        text.metric("berth_resources", "gauge", "Resources by condition and its status.");
        for (ConditionType type : ConditionType.values()) {
            for (Condition.Status status : Condition.Status.values()) {
                long count =
                        resources.stream()
                                .map(resource -> resource.condition(type))
                                .filter(c -> c != null && c.status() == status)
                                .count();
                text.value(
                        "berth_resources",
                        count,
                        "condition",
                        type.name(),
                        "status",
                        status.name());
            }
        }
        StatusBoard.Posting posting = board.newest();
        text.metric("berth_problems", "gauge", "Problems in the config repo.")
                .value("berth_problems", posting == null ? 0 : posting.pass().problems().size());
    }

    private static void vitals(MetricsText text, Vitals now) {
        Instant fetchedAt = now.fetchedAt();
        text.metric(
                        "berth_last_fetch_timestamp_seconds",
                        "gauge",
                        "When the config repo was last read with success; 0 = never.")
                .value(
                        "berth_last_fetch_timestamp_seconds",
                        fetchedAt == null ? 0 : fetchedAt.getEpochSecond());
        text.metric(
                        "berth_poll_overdue",
                        "gauge",
                        "1 when no look at the config repo has succeeded for three intervals.")
                .value("berth_poll_overdue", now.pollOverdue() ? 1 : 0);
        text.metric("berth_engine_writes_total", "counter", "Changing calls to the engine.")
                .value("berth_engine_writes_total", now.engineWrites());
        text.metric(
                        "berth_writer_unknown",
                        "gauge",
                        "1 when Berth could not tell for a minute whether it may write.")
                .value("berth_writer_unknown", now.writerUnknown() ? 1 : 0);
        text.metric("berth_edge_connected", "gauge", "1 when an edge has reported lately.")
                .value("berth_edge_connected", now.edgeConnected() ? 1 : 0);
    }

    private static void storage(MetricsText text, Storage now) {
        text.metric("berth_disk_total_bytes", "gauge", "Size of the disk with a directory.");
        for (Storage.Disk disk : now.disks()) {
            text.value("berth_disk_total_bytes", disk.totalBytes(), "directory", disk.directory());
        }
        text.metric("berth_disk_free_bytes", "gauge", "What is free of the disk with a directory.");
        for (Storage.Disk disk : now.disks()) {
            text.value("berth_disk_free_bytes", disk.freeBytes(), "directory", disk.directory());
        }
        text.metric(
                        "berth_cleanup_images_total",
                        "counter",
                        "Names of images that nobody needed and that were removed.")
                .value("berth_cleanup_images_total", now.removedImages());
        text.metric(
                        "berth_cleanup_bytes_total",
                        "counter",
                        "Bytes of images and build cache that were removed.")
                .value("berth_cleanup_bytes_total", now.removedBytes());
        text.metric("berth_cleanup_failing", "gauge", "1 when the last cleaning up failed.")
                .value("berth_cleanup_failing", now.failure() == null ? 0 : 1);
    }

    private static void alerts(MetricsText text, Outbox.Counts now) {
        text.metric("berth_alerts_waiting", "gauge", "Messages of alerts that wait to be taken.")
                .value("berth_alerts_waiting", now.waiting());
        text.metric("berth_alerts_sent_total", "counter", "Messages of alerts that were taken.")
                .value("berth_alerts_sent_total", now.sent());
        text.metric("berth_alerts_failures_total", "counter", "Tries that failed.")
                .value("berth_alerts_failures_total", now.failures());
        text.metric("berth_alerts_given_up_total", "counter", "Messages that nobody got.")
                .value("berth_alerts_given_up_total", now.givenUp());
    }

    private void history(MetricsText text) {
        text.metric("berth_history_available", "gauge", "1 when the database takes passes.")
                .value("berth_history_available", writer.failure() == null ? 1 : 0);
        text.metric("berth_history_queue", "gauge", "Passes that wait to be written.")
                .value("berth_history_queue", writer.queued());
        text.metric("berth_history_dropped_total", "counter", "Passes that were never written.")
                .value("berth_history_dropped_total", writer.dropped());
    }
}

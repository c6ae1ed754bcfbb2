package dev.berth.reconciler.cli;

import dev.berth.schemas.Json;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code status [--json]}: how each resource stands, from control's API. Previews have a heading of
 * their own, and whether all is well does not depend on them.
 */
final class StatusVerb implements Verb {
    private static final String RESOURCES = "/api/v1/resources";
    private static final String PREVIEWS = "/api/v1/previews";
    private static final int SHORT_COMMIT = 12;

    private final ControlApi control;

    StatusVerb(ControlApi control) {
        this.control = control;
    }

    @Override
    public Usage usage() {
        return new Usage("status [--json]", "how each resource stands");
    }

    @Override
    public Exit run(List<String> arguments, Console console) throws UsageException {
        boolean json = arguments.equals(List.of("--json"));
        if (!json && !arguments.isEmpty()) {
            throw new UsageException("status takes nothing but --json");
        }
        try {
            if (json) {
                console.print(control.get(RESOURCES));
                return Exit.OK;
            }
            return print(read(), Json.read(control.get(PREVIEWS), Open.class).items(), console);
        } catch (ControlApi.Unanswered e) {
            console.complain(Objects.requireNonNull(e.getMessage()));
            return Exit.FAILED;
        } catch (IllegalArgumentException e) {
            console.complain("control gave an answer of another version: " + e.getMessage());
            return Exit.FAILED;
        }
    }

    /** All pages as one. */
    private Listing read() throws ControlApi.Unanswered {
        Listing page = Json.read(control.get(RESOURCES), Listing.class);
        List<ResourceStatus> items = new ArrayList<>(page.items());
        String next = page.next();
        while (next != null) {
            Listing more = Json.read(control.get(RESOURCES + "?cursor=" + next), Listing.class);
            items.addAll(more.items());
            next = more.items().isEmpty() ? null : more.next();
        }
        return new Listing(page.asOf(), page.revision(), page.problems(), items, null);
    }

    private static Exit print(Listing all, List<PreviewStatus> previews, Console console) {
        Listing listing = all.declared();
        Instant asOf = listing.asOf();
        if (asOf == null) {
            console.print("nothing yet: the first pass has not ended");
            return Exit.OK;
        }
        if (listing.revision() != null && !listing.revision().isEmpty()) {
            console.print("%s, as of %s".formatted(listing.revision(), asOf));
        }
        Table table = new Table();
        boolean certified = listing.items().stream().anyMatch(r -> !r.certificates().isEmpty());
        listing.items().forEach(resource -> addRow(table, resource, asOf, certified));
        table.lines().forEach(console::print);
        print(previews, console);
        if (!listing.problems().isEmpty()) {
            console.print("");
            listing.problems().forEach(console::print);
        }
        boolean well =
                listing.problems().isEmpty()
                        && listing.items().stream()
                                .noneMatch(item -> isStalled(item) || isRefused(item));
        return well ? Exit.OK : Exit.FAILED;
    }

    private static void print(List<PreviewStatus> previews, Console console) {
        if (previews.isEmpty()) {
            return;
        }
        Table table = new Table();
        for (PreviewStatus preview : previews) {
            if (preview.state() != PreviewStatus.State.None) {
                addRow(table, preview);
            }
        }
        console.print("");
        table.lines().forEach(console::print);
        long without = previews.stream().filter(p -> p.state() == PreviewStatus.State.None).count();
        if (without > 0) {
            console.print("%d open without a preview".formatted(without));
        }
    }

    private static void addRow(Table table, PreviewStatus preview) {
        if (table.isEmpty()) {
            table.row("PREVIEW", "STATE", "COMMIT", "URL", "MESSAGE");
        }
        String commit = preview.serves() == null ? preview.commit() : preview.serves();
        table.row(
                preview.preview().name(),
                preview.state().name(),
                commit.substring(0, Math.min(SHORT_COMMIT, commit.length())),
                preview.url() == null ? "-" : preview.url(),
                preview.message() == null ? "" : preview.message().lines().findFirst().orElse(""));
    }

    /**
     * One resource.
     *
     * @param certified whether there is a column for certificates
     */
    private static void addRow(
            Table table, ResourceStatus resource, Instant asOf, boolean certified) {
        if (table.isEmpty()) {
            table.row(
                    cells(
                            certified,
                            "RESOURCE",
                            "STATE",
                            "REPLICAS",
                            "URL",
                            "CERTIFICATE",
                            "MESSAGE"));
        }
        Condition ready = resource.condition(ConditionType.Ready);
        table.row(
                cells(
                        certified,
                        resource.id().toString(),
                        state(resource, ready),
                        replicas(resource.replicas()),
                        resource.urls().isEmpty() ? "-" : resource.urls().getFirst(),
                        certificate(resource, asOf),
                        message(deciding(resource, ready))));
    }

    /** All of them, or all but the one for certificates. */
    private static String[] cells(boolean certified, String... all) {
        return certified ? all : new String[] {all[0], all[1], all[2], all[3], all[all.length - 1]};
    }

    private static @Nullable Condition deciding(
            ResourceStatus resource, @Nullable Condition ready) {
        if (isDegraded(resource)) {
            return resource.condition(ConditionType.Healthy);
        }
        Condition certified = resource.condition(ConditionType.CertificateReady);
        boolean well = ready == null || ready.status() == Condition.Status.True;
        return well && certified != null && !certified.reason().isNotAskedFor() ? certified : ready;
    }

    /** How long the one that ends first is still taken. */
    private static String certificate(ResourceStatus resource, Instant asOf) {
        CertificateStatus next =
                resource.certificates().stream()
                        .min(
                                Comparator.comparing(
                                        CertificateStatus::notAfter,
                                        Comparator.nullsFirst(Comparator.naturalOrder())))
                        .orElse(null);
        if (next == null) {
            return "-";
        }
        if (next.notAfter() == null) {
            return "none";
        }
        Duration left = Duration.between(asOf, next.notAfter());
        return !left.isPositive()
                ? "expired"
                : left.toDays() < 2 ? left.toHours() + " h left" : left.toDays() + " d left";
    }

    private static String state(ResourceStatus resource, @Nullable Condition ready) {
        if (isStalled(resource)) {
            return "Stalled";
        }
        if (isDegraded(resource)) {
            return "Degraded";
        }
        boolean isReady = ready != null && ready.status() == Condition.Status.True;
        if (!isReady && is(resource, ConditionType.Reconciling)) {
            return "Working";
        }
        return ready == null
                ? "Unknown"
                : isReady && ready.reason() != ReasonCode.Asleep ? "Ready" : ready.reason().name();
    }

    private static String message(@Nullable Condition deciding) {
        return deciding == null || deciding.status() == Condition.Status.True
                ? ""
                : deciding.message().lines().findFirst().orElse("");
    }

    private static String replicas(Map<String, ResourceStatus.Replicas> replicas) {
        List<String> counts = new ArrayList<>();
        new TreeMap<>(replicas)
                .forEach(
                        (process, count) ->
                                counts.add(
                                        "%s %d/%d"
                                                .formatted(
                                                        process, count.running(), count.wanted())));
        return counts.isEmpty() ? "-" : String.join(" ", counts);
    }

    private static boolean isStalled(ResourceStatus resource) {
        return is(resource, ConditionType.Stalled);
    }

    /** What is declared serves, and not well. */
    private static boolean isDegraded(ResourceStatus resource) {
        Condition healthy = resource.condition(ConditionType.Healthy);
        return is(resource, ConditionType.Ready)
                && healthy != null
                && healthy.status() == Condition.Status.False;
    }

    /** The newest commit is not followed: nothing comes of it before a person acts. */
    private static boolean isRefused(ResourceStatus resource) {
        Condition source = resource.condition(ConditionType.SourceVerified);
        return source != null && source.reason() == ReasonCode.SignatureInvalid;
    }

    private static boolean is(ResourceStatus resource, ConditionType type) {
        Condition condition = resource.condition(type);
        return condition != null && condition.status() == Condition.Status.True;
    }

    /** What the API answers; {@code asOf} is {@code null} before the first pass. */
    private record Listing(
            @Nullable Instant asOf,
            @Nullable String revision,
            List<String> problems,
            List<ResourceStatus> items,
            @Nullable String next) {
        /** Without previews. */
        Listing declared() {
            return new Listing(
                    asOf,
                    revision,
                    problems,
                    items.stream().filter(item -> PreviewId.of(item.id()) == null).toList(),
                    next);
        }
    }

    /** What the API answers of previews. */
    private record Open(List<PreviewStatus> items) {}
}

package dev.berth.reconciler.cli;

import dev.berth.schemas.Json;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code status [--json]}: how each resource stands, from control's API. */
final class StatusVerb implements Verb {
    private static final String RESOURCES = "/api/v1/resources";

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
            return print(read(), console);
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

    private static Exit print(Listing listing, Console console) {
        if (listing.asOf() == null) {
            console.print("nothing yet: the first pass has not ended");
            return Exit.OK;
        }
        if (listing.revision() != null && !listing.revision().isEmpty()) {
            console.print("%s, as of %s".formatted(listing.revision(), listing.asOf()));
        }
        Table table = new Table();
        listing.items().forEach(resource -> addRow(table, resource));
        table.lines().forEach(console::print);
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

    private static void addRow(Table table, ResourceStatus resource) {
        if (table.isEmpty()) {
            table.row("RESOURCE", "STATE", "REPLICAS", "URL", "MESSAGE");
        }
        Condition ready = resource.condition(ConditionType.Ready);
        table.row(
                resource.id().toString(),
                state(resource, ready),
                replicas(resource.replicas()),
                resource.urls().isEmpty() ? "-" : resource.urls().getFirst(),
                message(isDegraded(resource) ? resource.condition(ConditionType.Healthy) : ready));
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
            @Nullable String next) {}
}

package dev.berth.reconciler.status;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A history that is lost with its object; it can be told to fail. Thread-safe. */
public final class InMemoryPassHistory implements PassHistory {
    /** A thing with the place in the order in which things were recorded. */
    private record Numbered<T>(long number, T value) {}

    private final List<Numbered<PassReport>> passes = new ArrayList<>();
    private final List<Numbered<Event>> events = new ArrayList<>();
    private long numbers;
    private @Nullable String failure;
    private @Nullable String refused;

    /** Has one pass refused, whenever it comes. */
    public synchronized void refuse(String pass) {
        refused = pass;
    }

    /** Has every call fail with that message; {@code null} ends it. */
    public synchronized void fail(@Nullable String message) {
        failure = message;
    }

    @Override
    public synchronized void prepare() throws UnavailableException {
        check();
    }

    @Override
    public synchronized void record(PassReport report) throws UnavailableException {
        check();
        if (report.id().equals(refused)) {
            throw new UnavailableException("value too long", null);
        }
        if (passes.stream().anyMatch(p -> p.value().id().equals(report.id()))) {
            return;
        }
        List<ResourceStatus> before = lastStatuses();
        for (Event event : Event.of(report, before)) {
            events.add(new Numbered<>(++numbers, event));
        }
        List<ResourceStatus> after = PassHistory.after(report, before);
        passes.add(
                new Numbered<>(
                        ++numbers,
                        after.equals(report.resources()) ? report : with(report, after)));
    }

    @Override
    public synchronized Page<PassSummary> passes(@Nullable String cursor, int limit)
            throws UnavailableException {
        return page(passes, cursor, limit, InMemoryPassHistory::summary);
    }

    @Override
    public synchronized Optional<PassReport> pass(String id) throws UnavailableException {
        check();
        return passes.stream()
                .map(Numbered::value)
                .filter(p -> p.id().equals(id))
                .map(p -> p.equals(passes.getLast().value()) ? p : with(p, List.of()))
                .findFirst();
    }

    @Override
    public synchronized Page<Event> events(
            @Nullable ResourceId resource, @Nullable String cursor, int limit)
            throws UnavailableException {
        return page(
                events.stream()
                        .filter(e -> resource == null || e.value().resource().equals(resource))
                        .toList(),
                cursor,
                limit,
                Function.identity());
    }

    @Override
    public synchronized List<ResourceStatus> lastStatuses() throws UnavailableException {
        check();
        return passes.isEmpty()
                ? List.of()
                : passes.getLast().value().resources().stream()
                        .sorted(Comparator.comparing(ResourceStatus::id))
                        .toList();
    }

    @Override
    public synchronized int forgetBefore(Instant time) throws UnavailableException {
        check();
        int had = passes.size();
        PassReport newest = passes.isEmpty() ? null : passes.getLast().value();
        passes.removeIf(p -> !p.value().equals(newest) && p.value().startedAt().isBefore(time));
        events.removeIf(e -> e.value().at().isBefore(time));
        return had - passes.size();
    }

    private void check() throws UnavailableException {
        if (failure != null) {
            throw new UnavailableException(failure, null);
        }
    }

    private <T, R> Page<R> page(
            List<Numbered<T>> all, @Nullable String cursor, int limit, Function<T, R> item)
            throws UnavailableException {
        check();
        long before = PassHistory.readCursor(cursor);
        int most = PassHistory.checkLimit(limit);
        List<Numbered<T>> found =
                all.reversed().stream().filter(n -> n.number() < before).limit(most + 1L).toList();
        List<Numbered<T>> shown = found.subList(0, Math.min(most, found.size()));
        return new Page<>(
                shown.stream().map(Numbered::value).map(item).toList(),
                found.size() > most ? Long.toString(shown.getLast().number()) : null);
    }

    private static PassSummary summary(PassReport pass) {
        return new PassSummary(
                pass.id(),
                pass.trigger(),
                pass.revision(),
                pass.author(),
                pass.startedAt(),
                pass.duration(),
                pass.changes().size(),
                (int)
                        pass.changes().stream()
                                .filter(
                                        c ->
                                                c.outcome() == PassReport.Result.Failed
                                                        || c.outcome() == PassReport.Result.Blocked)
                                .count(),
                pass.problems().size(),
                pass.epoch());
    }

    private static PassReport with(PassReport p, List<ResourceStatus> resources) {
        return new PassReport(
                p.id(),
                p.trigger(),
                p.revision(),
                p.author(),
                p.startedAt(),
                p.duration(),
                p.plan(),
                p.changes(),
                p.problems(),
                resources,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                p.epoch());
    }
}

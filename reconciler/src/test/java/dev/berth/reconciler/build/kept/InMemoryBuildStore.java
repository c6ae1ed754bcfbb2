package dev.berth.reconciler.build.kept;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.status.PassHistory;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Builds in memory, to be told to fail. Thread-safe. */
public final class InMemoryBuildStore implements BuildStore {
    private final InstantSource clock;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private long places;
    private @Nullable String failure;
    private int refused;

    private record Row(long place, Build build, String holder, Instant renewedAt) {
        Row heldBy(String other, Instant now) {
            return new Row(place, build, other, now);
        }
    }

    public InMemoryBuildStore(InstantSource clock) {
        this.clock = clock;
    }

    /** Every call fails from now on; {@code null} = none does. */
    public synchronized void fail(@Nullable String message) {
        failure = message;
    }

    /** How often somebody asked for what another has. */
    public synchronized int claimsRefused() {
        return refused;
    }

    private void check() throws UnavailableException {
        if (failure != null) {
            throw new UnavailableException(failure, null);
        }
    }

    @Override
    public synchronized boolean save(Build build, String holder) throws UnavailableException {
        check();
        Row before = rows.get(build.id());
        if (before != null && (!before.holder().equals(holder) || before.build().phase().last())) {
            return false;
        }
        rows.put(
                build.id(),
                new Row(
                        before == null ? ++places : before.place(),
                        build,
                        holder,
                        clock.instant()));
        return true;
    }

    @Override
    public synchronized boolean claim(String build, String holder, Duration validity)
            throws UnavailableException {
        check();
        Row row = rows.get(build);
        Instant now = clock.instant();
        if (row == null
                || row.build().phase().last()
                || (!row.holder().equals(holder)
                        && !row.renewedAt().isBefore(now.minus(validity)))) {
            refused++;
            return false;
        }
        rows.put(build, row.heldBy(holder, now));
        return true;
    }

    @Override
    public synchronized void renew(Collection<String> builds, String holder)
            throws UnavailableException {
        check();
        Instant now = clock.instant();
        rows.replaceAll(
                (id, row) ->
                        builds.contains(id) && row.holder().equals(holder)
                                ? row.heldBy(holder, now)
                                : row);
    }

    @Override
    public synchronized List<Build> open() throws UnavailableException {
        check();
        return rows.values().stream().map(Row::build).filter(b -> !b.phase().last()).toList();
    }

    @Override
    public synchronized Page<Build> builds(
            @Nullable ResourceId app, @Nullable String cursor, int limit)
            throws UnavailableException {
        long before = PassHistory.readCursor(cursor);
        int most = PassHistory.checkLimit(limit);
        check();
        List<Row> found =
                new ArrayList<>(rows.values())
                        .reversed().stream()
                                .filter(row -> row.place() < before)
                                .filter(row -> app == null || row.build().app().equals(app))
                                .limit(most + 1L)
                                .toList();
        List<Row> shown = found.subList(0, Math.min(most, found.size()));
        return new Page<>(
                shown.stream().map(Row::build).toList(),
                found.size() > most ? Long.toString(shown.getLast().place()) : null);
    }

    @Override
    public synchronized Optional<Build> build(String id) throws UnavailableException {
        check();
        return Optional.ofNullable(rows.get(id)).map(Row::build);
    }

    @Override
    public synchronized Optional<String> pushed(String image, String repository)
            throws UnavailableException {
        check();
        return rows.values().stream()
                .map(Row::build)
                .filter(build -> build.image().equals(image))
                .map(Build::pushed)
                .flatMap(Stream::ofNullable)
                .filter(name -> name.startsWith(repository + "@"))
                .reduce((_, last) -> last);
    }

    @Override
    public synchronized List<String> forgetBefore(Instant time) throws UnavailableException {
        check();
        List<String> gone =
                rows.values().stream()
                        .filter(row -> row.build().phase().last())
                        .filter(row -> row.build().queuedAt().isBefore(time))
                        .filter(
                                row ->
                                        rows.values().stream()
                                                .anyMatch(
                                                        n ->
                                                                n.place() > row.place()
                                                                        && n.build()
                                                                                .app()
                                                                                .equals(
                                                                                        row.build()
                                                                                                .app())))
                        .map(row -> row.build().id())
                        .toList();
        gone.forEach(rows::remove);
        return gone;
    }
}

package dev.berth.reconciler.status;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ResourceStatus;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The history in PostgreSQL, by JPA with transactions of its own. */
public final class JpaPassHistory implements PassHistory, AutoCloseable {
    private final JpaStore store;

    /**
     * Makes a history that is not prepared.
     *
     * @param migration brings the schema up to date; throws when the database does not answer
     * @param open makes the persistence unit; called after the migration, again if that fails
     */
    public JpaPassHistory(Runnable migration, Supplier<EntityManagerFactory> open) {
        this.store = new JpaStore(migration, open);
    }

    @Override
    public void prepare() throws UnavailableException {
        store.prepare();
    }

    @Override
    public void record(PassReport report) throws UnavailableException {
        store.inTransaction(
                em -> {
                    if (byId(em, report.id()).isEmpty()) {
                        List<ResourceStatus> before = statuses(em);
                        replaceStatuses(em, PassHistory.after(report, before));
                        em.persist(PassRow.of(report));
                        Event.of(report, before).forEach(event -> em.persist(EventRow.of(event)));
                    }
                    return true;
                });
    }

    @Override
    public Page<PassSummary> passes(@Nullable String cursor, int limit)
            throws UnavailableException {
        long before = PassHistory.readCursor(cursor);
        int most = PassHistory.checkLimit(limit);
        return store.inTransaction(
                em ->
                        page(
                                em.createQuery(
                                                "select p from PassRow p where p.seq < :before"
                                                        + " order by p.seq desc",
                                                PassRow.class)
                                        .setParameter("before", before),
                                most,
                                row -> row.seq,
                                PassRow::toSummary));
    }

    @Override
    public Optional<PassReport> pass(String id) throws UnavailableException {
        return store.inTransaction(
                em ->
                        byId(em, id)
                                .map(
                                        row ->
                                                row.toReport(
                                                        isNewest(em, row)
                                                                ? statuses(em)
                                                                : List.of())));
    }

    @Override
    public Page<Event> events(@Nullable ResourceId resource, @Nullable String cursor, int limit)
            throws UnavailableException {
        long before = PassHistory.readCursor(cursor);
        int most = PassHistory.checkLimit(limit);
        return store.inTransaction(
                em -> {
                    TypedQuery<EventRow> query =
                            em.createQuery(
                                            "select e from EventRow e where e.seq < :before"
                                                    + (resource == null
                                                            ? ""
                                                            : " and e.resource = :resource")
                                                    + " order by e.seq desc",
                                            EventRow.class)
                                    .setParameter("before", before);
                    if (resource != null) {
                        query.setParameter("resource", resource.toString());
                    }
                    return page(query, most, row -> row.seq, EventRow::toEvent);
                });
    }

    @Override
    public List<ResourceStatus> lastStatuses() throws UnavailableException {
        return store.inTransaction(JpaPassHistory::statuses);
    }

    @Override
    public int forgetBefore(Instant time) throws UnavailableException {
        return store.inTransaction(
                em -> {
                    em.createQuery("delete from EventRow e where e.at < :time")
                            .setParameter("time", time)
                            .executeUpdate();
                    // Their changes go with them: the foreign key cascades.
                    return em.createQuery(
                                    "delete from PassRow p where p.startedAt < :time"
                                            + " and p.seq < (select max(q.seq) from PassRow q)")
                            .setParameter("time", time)
                            .executeUpdate();
                });
    }

    @Override
    public void close() {
        store.close();
    }

    private static Optional<PassRow> byId(EntityManager em, String id) {
        return em.createQuery("select p from PassRow p where p.passId = :id", PassRow.class)
                .setParameter("id", id)
                .getResultStream()
                .findFirst();
    }

    private static boolean isNewest(EntityManager em, PassRow row) {
        return em.createQuery("select max(p.seq) from PassRow p", Long.class).getSingleResult()
                == row.seq;
    }

    private static List<ResourceStatus> statuses(EntityManager em) {
        Map<String, List<Condition>> conditions =
                em.createQuery(
                                "select c from ConditionRow c order by c.resource, c.ordinal",
                                ConditionRow.class)
                        .getResultStream()
                        .collect(
                                groupingBy(
                                        row -> row.resource,
                                        mapping(ConditionRow::toCondition, toList())));
        return em.createQuery("select s from StatusRow s", StatusRow.class)
                .getResultStream()
                .map(row -> row.toStatus(conditions.getOrDefault(row.resource, List.of())))
                .sorted(Comparator.comparing(ResourceStatus::id))
                .toList();
    }

    private static void replaceStatuses(EntityManager em, List<ResourceStatus> statuses) {
        em.clear();
        em.createQuery("delete from ConditionRow c").executeUpdate();
        em.createQuery("delete from StatusRow s").executeUpdate();
        for (ResourceStatus status : statuses) {
            em.persist(StatusRow.of(status));
            int ordinal = 0;
            for (Condition condition : status.conditions()) {
                em.persist(ConditionRow.of(status.id(), ordinal++, condition));
            }
        }
    }

    private static <R, T> Page<T> page(
            TypedQuery<R> query, int limit, ToLongFunction<R> key, Function<R, T> item) {
        List<R> rows = query.setMaxResults(limit + 1).getResultList();
        List<R> shown = rows.subList(0, Math.min(limit, rows.size()));
        String next = rows.size() > limit ? Long.toString(key.applyAsLong(shown.getLast())) : null;
        return new Page<>(shown.stream().map(item).toList(), next);
    }
}

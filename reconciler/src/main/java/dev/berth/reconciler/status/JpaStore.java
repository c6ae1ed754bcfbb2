package dev.berth.reconciler.status;

import dev.berth.reconciler.answer.UnavailableException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.sql.SQLException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A persistence unit that may come, go and come back: opened only when its schema is there, closed
 * again when the first connection fails, since a unit whose deployment failed never recovers.
 * Thread-safe.
 */
final class JpaStore implements AutoCloseable {
    private final Runnable migration;
    private final Supplier<EntityManagerFactory> open;
    private volatile @Nullable EntityManagerFactory factory;

    JpaStore(Runnable migration, Supplier<EntityManagerFactory> open) {
        this.migration = migration;
        this.open = open;
    }

    synchronized void prepare() throws UnavailableException {
        if (factory != null) {
            return;
        }
        EntityManagerFactory opened = null;
        try {
            migration.run();
            opened = open.get();
            opened.createEntityManager().close();
            factory = opened;
        } catch (RuntimeException e) {
            closeQuietly(opened);
            throw unavailable(e);
        }
    }

    /** Runs the work in one transaction, rolled back when anything fails. */
    <T> T inTransaction(Function<EntityManager, T> work) throws UnavailableException {
        EntityManagerFactory opened = factory;
        if (opened == null) {
            throw new UnavailableException(
                    "The database has not answered since Berth started", null);
        }
        try (EntityManager em = opened.createEntityManager()) {
            em.getTransaction().begin();
            try {
                T result = work.apply(em);
                em.getTransaction().commit();
                return result;
            } finally {
                if (em.getTransaction().isActive()) {
                    em.getTransaction().rollback();
                }
            }
        } catch (RuntimeException e) {
            // Providers throw types of their own beside PersistenceException.
            throw unavailable(e);
        }
    }

    @Override
    public synchronized void close() {
        closeQuietly(factory);
        factory = null;
    }

    private static void closeQuietly(@Nullable EntityManagerFactory factory) {
        if (factory != null && factory.isOpen()) {
            factory.close();
        }
    }

    private static UnavailableException unavailable(RuntimeException e) {
        Throwable cause = cause(e);
        String message = cause.getMessage();
        String why =
                (message == null ? cause.getClass().getSimpleName() : message)
                        .lines()
                        .filter(line -> !line.isBlank())
                        .findFirst()
                        .orElse("");
        return new UnavailableException("The database can't be used: " + why, e);
    }

    /** What the driver said, which names the address; the socket below it says only "refused". */
    private static Throwable cause(Throwable failure) {
        Throwable found = failure;
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException || !(found instanceof SQLException)) {
                found = at;
            }
        }
        return found;
    }
}

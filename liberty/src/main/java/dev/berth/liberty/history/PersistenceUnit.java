package dev.berth.liberty.history;

import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Makes the persistence unit {@code berth} over a data source that commits for itself. Made by hand
 * rather than injected: the container deploys a unit once, and one whose first connection failed
 * never recovers.
 */
public final class PersistenceUnit implements Supplier<EntityManagerFactory> {
    private final DataSource database;

    public PersistenceUnit(DataSource database) {
        this.database = database;
    }

    @Override
    public EntityManagerFactory get() {
        return Persistence.createEntityManagerFactory(
                "berth", Map.of("jakarta.persistence.nonJtaDataSource", database));
    }
}

package dev.berth.liberty.history;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings the schema up to date with the scripts in {@code db/migration}. Safe to run again, and
 * from two processes at once: Flyway locks its table.
 */
public final class Migrations implements Runnable {
    private final DataSource database;

    public Migrations(DataSource database) {
        this.database = database;
    }

    /**
     * Runs what has not run yet.
     *
     * @throws RuntimeException if the database does not answer or a script fails
     * @throws IllegalStateException if no script was found: in Open Liberty the class path is only
     *     searched when an empty file {@code flyway.location} lies beside them
     */
    @Override
    public void run() {
        Flyway flyway =
                Flyway.configure(Migrations.class.getClassLoader())
                        .dataSource(database)
                        .locations("classpath:db/migration")
                        .loggers("slf4j")
                        .load();
        flyway.migrate();
        if (flyway.info().applied().length == 0) {
            throw new IllegalStateException("no migration script was found in db/migration");
        }
    }
}

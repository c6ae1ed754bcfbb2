package dev.berth.liberty.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.status.JpaPassHistory;
import dev.berth.reconciler.status.PassHistory;
import dev.berth.reconciler.status.PassHistoryContract;
import dev.berth.reconciler.status.SamplePasses;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract of the history, kept by JPA on PostgreSQL with the shipped schema. */
@SuppressWarnings("NullAway.Init") // JUnit fills the fields
final class JpaPassHistoryIT extends PassHistoryContract {
    private static EmbeddedPostgres postgres;
    private JpaPassHistory history;

    @BeforeAll
    static void startDatabase() throws IOException {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        postgres.close();
    }

    @Override
    protected PassHistory history() throws UnavailableException {
        history = open(postgres.getPostgresDatabase());
        history.prepare();
        execute("truncate pass, change, event, resource_status, resource_condition");
        return history;
    }

    @AfterEach
    void closeHistory() {
        if (history != null) {
            history.close();
        }
    }

    @Test
    void record_thenOpenedAgain_isStillThere() throws Exception {
        history().record(SamplePasses.pass(1));
        history.close();

        try (JpaPassHistory again = open(postgres.getPostgresDatabase())) {
            again.prepare();
            assertThat(again.newest()).contains(SamplePasses.pass(1));
        }
    }

    @Test
    void prepare_emptyDatabase_appliesEveryMigration() throws Exception {
        history();

        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet applied =
                        statement.executeQuery(
                                "select count(*) from flyway_schema_history where success")) {
            applied.next();
            assertThat(applied.getInt(1)).as("V1 to V10").isEqualTo(10);
        }
    }

    @Test
    void prepare_noDatabase_saysWhyAndWorksLater() throws Exception {
        try (JpaPassHistory none = open(postgres.getDatabase("postgres", "no_such_database"))) {
            assertThatThrownBy(none::prepare)
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("no_such_database");
            assertThatThrownBy(() -> none.passes(null, 1))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("The database has not answered");

            execute("create database no_such_database");

            none.prepare();
            none.record(SamplePasses.pass(1));
            assertThat(none.newest()).contains(SamplePasses.pass(1));
        }
    }

    @Test
    void anyCall_connectionsCut_worksAgainAtOnceOrAfterOneFailure() throws Exception {
        PassHistory history = history();
        history.record(SamplePasses.pass(1));

        execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where pid <> pg_backend_pid() and backend_type = 'client backend'");

        assertThat(history.passes(null, 1).items()).hasSize(1);
    }

    private static JpaPassHistory open(DataSource database) {
        return new JpaPassHistory(new Migrations(database), new PersistenceUnit(database));
    }

    private static void execute(String sql) {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

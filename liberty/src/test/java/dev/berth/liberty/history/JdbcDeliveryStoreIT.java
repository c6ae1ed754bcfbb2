package dev.berth.liberty.history;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.webhook.kept.DeliveryStore;
import dev.berth.reconciler.webhook.kept.DeliveryStoreContract;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract of the deliveries, kept on PostgreSQL with the shipped schema. */
@SuppressWarnings("NullAway.Init") // JUnit fills the fields
final class JdbcDeliveryStoreIT extends DeliveryStoreContract {
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void startDatabase() throws IOException {
        postgres = EmbeddedPostgres.start();
        new Migrations(postgres.getPostgresDatabase()).run();
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        postgres.close();
    }

    @Override
    protected DeliveryStore store() throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("truncate delivery");
        }
        return new JdbcDeliveryStore(postgres.getPostgresDatabase());
    }

    @Test
    void anyCall_noTableYet_isUnavailable() {
        DeliveryStore early = new JdbcDeliveryStore(postgres.getDatabase("postgres", "template1"));

        assertThatThrownBy(early::all)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("delivery");
    }
}

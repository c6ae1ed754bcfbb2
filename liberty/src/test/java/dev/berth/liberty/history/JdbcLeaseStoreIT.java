package dev.berth.liberty.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.lease.LeaseStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases on PostgreSQL with the shipped schema. */
@SuppressWarnings("NullAway.Init") // JUnit fills the fields
final class JdbcLeaseStoreIT {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static EmbeddedPostgres postgres;
    private LeaseStore store;

    @BeforeAll
    static void startDatabase() throws IOException {
        postgres = EmbeddedPostgres.start();
        new Migrations(postgres.getPostgresDatabase()).run();
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void begin() throws SQLException {
        execute("truncate lease");
        store = new JdbcLeaseStore(postgres.getPostgresDatabase());
    }

    @Test
    void claim_free_isTakenAndKeptByItsHolder() throws Exception {
        assertThat(store.claim("home", "ann", LONG)).isEqualTo("ann");
        assertThat(store.claim("home", "bob", LONG)).isEqualTo("ann");
        assertThat(store.claim("home", "ann", LONG)).isEqualTo("ann");
        assertThat(store.claim("other", "bob", LONG)).isEqualTo("bob");
    }

    @Test
    void claim_notRenewed_isTakenOver() throws Exception {
        store.claim("home", "ann", LONG);

        await().atMost(Duration.ofSeconds(10))
                .until(() -> store.claim("home", "bob", Duration.ofMillis(300)).equals("bob"));

        assertThat(store.claim("home", "ann", LONG)).isEqualTo("bob");
    }

    @Test
    void claim_clockOfTheDatabaseWasSetBack_theDeadHoldNobodyUp() throws Exception {
        store.claim("home", "ann", LONG);
        execute("update lease set renewed_at = now() + interval '1 hour'");

        assertThat(store.claim("home", "bob", LONG)).isEqualTo("bob");
        assertThat(store.claim("home", "ann", LONG)).isEqualTo("bob");
    }

    @Test
    void release_ofOnesOwn_letsAnotherTakeIt() throws Exception {
        store.claim("home", "ann", LONG);

        store.release("home", "bob");
        assertThat(store.claim("home", "bob", LONG)).isEqualTo("ann");

        store.release("home", "ann");
        assertThat(store.claim("home", "bob", LONG)).isEqualTo("bob");
    }

    @Test
    void claim_manyAtOnce_oneGetsIt() throws Exception {
        List<Future<String>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                String home = "home-" + i;
                answers.add(threads.submit(() -> store.claim("home", home, LONG)));
            }
        }

        Set<String> holders = new HashSet<>();
        for (Future<String> answer : answers) {
            holders.add(answer.get());
        }
        assertThat(holders).hasSize(1);
    }

    @Test
    void claim_noTableYet_isUnavailable() throws Exception {
        LeaseStore early = new JdbcLeaseStore(postgres.getDatabase("postgres", "template1"));

        assertThatThrownBy(() -> early.claim("home", "ann", LONG))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("lease");
        assertThatThrownBy(() -> early.release("home", "ann"))
                .isInstanceOf(UnavailableException.class);
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

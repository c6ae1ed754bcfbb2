package dev.berth.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database is history: apps neither need it nor are lost with it. */
class DatabaseIT {
    @TempDir Path directory;

    @Test
    void databaseKilledThenLost_appsServeAndConvergeAndHistoryBeginsAnew() throws Exception {
        try (Berth berth = new Berth(directory).write("app.yaml", Apps.answering("shop", "one"))) {
            berth.push("the app").up();
            berth.awaitBody("shop", "/", "one");
            Set<String> before = berth.containers.ids();
            Path data = berth.postgresData();

            berth.kill("postgres");
            berth.write("app.yaml", Apps.answering("shop", "two")).push("while it is down");
            berth.awaitBody("shop", "/", "two");
            berth.awaitCondition("app/shop", "Ready", "True");
            berth.await(
                    "the old release to be gone",
                    () -> Collections.disjoint(berth.containers.ids(), before));

            Set<String> converged = berth.containers.ids();
            berth.down();
            Shell.must(
                    directory,
                    Map.of(),
                    Duration.ofSeconds(20),
                    "rm",
                    "-rf",
                    data.toString(),
                    berth.home.resolve("secrets/postgres.password").toString());
            berth.up();

            berth.awaitBody("shop", "/", "two");
            berth.awaitCondition("app/shop", "Ready", "True");
            assertThat(berth.containers.ids()).isEqualTo(converged);
            berth.push("a commit after the loss").awaitSeen();
        }
    }

    @Test
    void databaseOfOnesOwn_isUsedAndNoneIsStarted() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Berth berth =
                        new Berth(directory).write("app.yaml", Apps.answering("shop", "one"))) {
            Path password = Files.writeString(directory.resolve("password"), "postgres");
            berth.with("BERTH_DATABASE_URL", postgres.getJdbcUrl("postgres", "postgres"))
                    .with("BERTH_DATABASE_USER", "postgres")
                    .with("BERTH_DATABASE_PASSWORD_FILE", password.toString());

            berth.push("the app").up();
            berth.awaitBody("shop", "/", "one");
            berth.awaitSeen();

            assertThat(berth.home.resolve("run/postgres.pid")).doesNotExist();
            assertThat(count(postgres, "select count(*) from flyway_schema_history where success"))
                    .isPositive();
            assertThat(count(postgres, "select count(*) from pass")).isPositive();
        }
    }

    private static long count(EmbeddedPostgres postgres, String query) throws Exception {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }
}

package dev.berth.liberty;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL at the address that the server under test was given. */
record TestDatabase(EmbeddedPostgres postgres) implements AutoCloseable {

    /** Starts it, with the role that Berth logs in as and nothing else. */
    static TestDatabase start() throws IOException, SQLException {
        TestDatabase database =
                new TestDatabase(
                        EmbeddedPostgres.builder()
                                .setPort(Integer.getInteger(TestServer.DATABASE_PORT))
                                .start());
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create role %s login password '%s'"
                            .formatted(TestServer.USER, TestServer.PASSWORD));
            statement.execute("grant all on schema public to " + TestServer.USER);
        }
        return database;
    }

    /** How many migrations were applied. */
    int migrations() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet applied =
                        statement.executeQuery(
                                "select count(*) from flyway_schema_history where success")) {
            applied.next();
            return applied.getInt(1);
        }
    }

    private Connection connect() throws SQLException {
        return postgres.getPostgresDatabase().getConnection();
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}

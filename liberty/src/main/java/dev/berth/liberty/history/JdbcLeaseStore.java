package dev.berth.liberty.history;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.lease.LeaseStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * The leases in PostgreSQL: a row an instance, taken and renewed by one statement, which locks it.
 * Its table is made with the history's; until then the lease is not available. Thread-safe.
 */
public final class JdbcLeaseStore implements LeaseStore {
    private static final int SECONDS = 5;
    private static final String CLAIM =
            "insert into lease as l (instance, holder, taken_at, renewed_at)"
                    + " values (?, ?, now(), now())"
                    + " on conflict (instance) do update set"
                    + " holder = excluded.holder,"
                    + " taken_at = case when l.holder = excluded.holder"
                    + " then l.taken_at else now() end,"
                    + " renewed_at = now()"
                    + " where l.holder = excluded.holder"
                    + " or l.renewed_at < now() - ? * interval '1 millisecond'"
                    // the clock was set back: who lives renews it by the new time
                    + " or l.renewed_at > now() + ? * interval '1 millisecond'";

    private final DataSource database;

    public JdbcLeaseStore(DataSource database) {
        this.database = database;
    }

    @Override
    public String claim(String instance, String holder, Duration validity)
            throws UnavailableException {
        try (Connection connection = database.getConnection()) {
            try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
                claim.setQueryTimeout(SECONDS);
                claim.setString(1, instance);
                claim.setString(2, holder);
                claim.setLong(3, validity.toMillis());
                claim.setLong(4, validity.toMillis());
                if (claim.executeUpdate() == 1) {
                    return holder;
                }
            }
            return holder(connection, instance);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static String holder(Connection connection, String instance)
            throws SQLException, UnavailableException {
        try (PreparedStatement ask =
                connection.prepareStatement("select holder from lease where instance = ?")) {
            ask.setQueryTimeout(SECONDS);
            ask.setString(1, instance);
            try (ResultSet answer = ask.executeQuery()) {
                if (answer.next()) {
                    return answer.getString(1);
                }
            }
        }
        throw new UnavailableException("The lease was given back meanwhile", null);
    }

    @Override
    public void release(String instance, String holder) throws UnavailableException {
        try (Connection connection = database.getConnection();
                PreparedStatement release =
                        connection.prepareStatement(
                                "delete from lease where instance = ? and holder = ?")) {
            release.setQueryTimeout(SECONDS);
            release.setString(1, instance);
            release.setString(2, holder);
            release.executeUpdate();
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static UnavailableException unavailable(SQLException e) {
        return new UnavailableException("The database can't be used: " + e.getMessage(), e);
    }
}

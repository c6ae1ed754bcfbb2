package dev.berth.liberty.history;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.webhook.kept.Deliveries;
import dev.berth.reconciler.webhook.kept.DeliveryStore;
import dev.berth.schemas.Json;
import dev.berth.schemas.status.Delivery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deliveries in PostgreSQL: a row each. Its table is made with the history's; until then it is
 * not available. Thread-safe.
 */
public final class JdbcDeliveryStore implements DeliveryStore {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcDeliveryStore.class);
    private static final int SECONDS = 5;
    private static final String SAVE =
            "insert into delivery (delivery_id, refused, body) values (?, ?, ?)"
                    + " on conflict (delivery_id) do update set body = excluded.body";
    private static final String FORGET =
            "delete from delivery where refused = ? and delivery_id <= (select delivery_id"
                    + " from delivery where refused = ? order by delivery_id desc"
                    + " offset ? limit 1)";

    private final DataSource database;

    public JdbcDeliveryStore(DataSource database) {
        this.database = database;
    }

    @Override
    public void save(Collection<Delivery> deliveries) throws UnavailableException {
        try (Connection connection = database.getConnection()) {
            try (PreparedStatement save = connection.prepareStatement(SAVE)) {
                save.setQueryTimeout(SECONDS);
                for (Delivery delivery : deliveries) {
                    save.setString(1, delivery.id());
                    save.setBoolean(2, delivery.outcome().refused());
                    save.setString(3, Json.write(delivery));
                    save.addBatch();
                }
                var _ = save.executeBatch();
            }
            forget(connection, false, Deliveries.GOOD);
            forget(connection, true, Deliveries.REFUSED);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static void forget(Connection connection, boolean refused, int keep)
            throws SQLException {
        try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
            forget.setQueryTimeout(SECONDS);
            forget.setBoolean(1, refused);
            forget.setBoolean(2, refused);
            forget.setInt(3, keep);
            forget.executeUpdate();
        }
    }

    @Override
    public List<Delivery> all() throws UnavailableException {
        try (Connection connection = database.getConnection();
                PreparedStatement ask =
                        connection.prepareStatement(
                                "select delivery_id, body from delivery order by delivery_id")) {
            ask.setQueryTimeout(SECONDS);
            List<Delivery> found = new ArrayList<>();
            try (ResultSet answer = ask.executeQuery()) {
                while (answer.next()) {
                    String id = answer.getString(1);
                    try {
                        found.add(Json.read(answer.getString(2), Delivery.class));
                    } catch (RuntimeException e) {
                        LOG.warn(
                                "delivery {} is left out: a newer Berth wrote it: {}",
                                id,
                                e.toString());
                    }
                }
            }
            return found;
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static UnavailableException unavailable(SQLException e) {
        return new UnavailableException("The database can't be used: " + e.getMessage(), e);
    }
}

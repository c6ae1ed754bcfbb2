package dev.berth.liberty.history;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.BuildStore;
import dev.berth.reconciler.status.PassHistory;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The builds in PostgreSQL: a row each, taken up and renewed by one statement, which locks it. Its
 * table is made with the history's; until then it is not available. Thread-safe.
 */
public final class JdbcBuildStore implements BuildStore {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcBuildStore.class);
    private static final int SECONDS = 5;
    private static final String COLUMNS =
            "select seq, build_id, app, image, repo, commit_id, attempt, steps, pushed from build ";
    private static final String SAVE =
            "insert into build as b (build_id, app, image, repo, commit_id, attempt, phase, ended,"
                    + " queued_at, steps, pushed, holder, renewed_at)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now())"
                    + " on conflict (build_id) do update set attempt = excluded.attempt,"
                    + " phase = excluded.phase, ended = excluded.ended, steps = excluded.steps,"
                    + " pushed = excluded.pushed,"
                    + " renewed_at = now() where b.holder = excluded.holder and not b.ended";
    private static final String CLAIM =
            "update build set holder = ?, renewed_at = now()"
                    + " where build_id = ? and not ended and (holder = ?"
                    + " or renewed_at < now() - ? * interval '1 millisecond'"
                    // the clock was set back: who lives renews it by the new time
                    + " or renewed_at > now() + ? * interval '1 millisecond')";
    private static final String FORGET =
            "delete from build b where ended and queued_at < ?"
                    + " and exists (select 1 from build n where n.app = b.app and n.seq > b.seq)"
                    + " returning build_id";

    private final DataSource database;

    public JdbcBuildStore(DataSource database) {
        this.database = database;
    }

    /** The steps in one column. */
    private record Steps(List<Build.Step> steps) {}

    /** A build and its place in the list. */
    private record Row(long seq, Build build) {}

    /** What is asked of the database. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(PreparedStatement statement) throws SQLException;
    }

    @Override
    public boolean save(Build build, String holder) throws UnavailableException {
        return with(
                SAVE,
                save -> {
                    save.setString(1, build.id());
                    save.setString(2, build.app().toString());
                    save.setString(3, build.image());
                    save.setString(4, build.repo());
                    save.setString(5, build.commit());
                    save.setInt(6, build.attempt());
                    save.setString(7, build.phase().name());
                    save.setBoolean(8, build.phase().last());
                    save.setObject(9, build.queuedAt().atOffset(ZoneOffset.UTC));
                    save.setString(10, Json.write(new Steps(build.steps())));
                    save.setString(11, build.pushed());
                    save.setString(12, holder);
                    return save.executeUpdate() == 1;
                });
    }

    @Override
    public boolean claim(String build, String holder, Duration validity)
            throws UnavailableException {
        return with(
                CLAIM,
                claim -> {
                    claim.setString(1, holder);
                    claim.setString(2, build);
                    claim.setString(3, holder);
                    claim.setLong(4, validity.toMillis());
                    claim.setLong(5, validity.toMillis());
                    return claim.executeUpdate() == 1;
                });
    }

    @Override
    public void renew(Collection<String> builds, String holder) throws UnavailableException {
        var _ =
                with(
                        "update build set renewed_at = now() where holder = ? and build_id = any(?)",
                        renew -> {
                            renew.setString(1, holder);
                            renew.setArray(
                                    2,
                                    renew.getConnection()
                                            .createArrayOf("text", builds.toArray(String[]::new)));
                            return renew.executeUpdate();
                        });
    }

    @Override
    public List<Build> open() throws UnavailableException {
        return with(
                COLUMNS + "where not ended order by seq",
                ask -> rows(ask).stream().map(Row::build).toList());
    }

    @Override
    public Page<Build> builds(@Nullable ResourceId app, @Nullable String cursor, int limit)
            throws UnavailableException {
        long before = PassHistory.readCursor(cursor);
        int most = PassHistory.checkLimit(limit);
        List<Row> rows =
                with(
                        COLUMNS
                                + "where seq < ? and (?::text is null or app = ?)"
                                + " order by seq desc limit ?",
                        ask -> {
                            String name = app == null ? null : app.toString();
                            ask.setLong(1, before);
                            ask.setString(2, name);
                            ask.setString(3, name);
                            ask.setInt(4, most + 1);
                            return rows(ask);
                        });
        List<Row> shown = rows.subList(0, Math.min(most, rows.size()));
        return new Page<>(
                shown.stream().map(Row::build).toList(),
                rows.size() > most ? Long.toString(shown.getLast().seq()) : null);
    }

    @Override
    public Optional<Build> build(String id) throws UnavailableException {
        return with(
                COLUMNS + "where build_id = ?",
                ask -> {
                    ask.setString(1, id);
                    return rows(ask).stream().map(Row::build).findFirst();
                });
    }

    @Override
    public Optional<String> pushed(String image, String repository) throws UnavailableException {
        return with(
                "select pushed from build where image = ? and starts_with(pushed, ?)"
                        + " order by seq desc limit 1",
                ask -> {
                    ask.setString(1, image);
                    ask.setString(2, repository + "@");
                    try (ResultSet answer = ask.executeQuery()) {
                        return answer.next() ? Optional.of(answer.getString(1)) : Optional.empty();
                    }
                });
    }

    @Override
    public List<String> forgetBefore(Instant time) throws UnavailableException {
        return with(
                FORGET,
                forget -> {
                    forget.setObject(1, time.atOffset(ZoneOffset.UTC));
                    List<String> ids = new ArrayList<>();
                    try (ResultSet gone = forget.executeQuery()) {
                        while (gone.next()) {
                            ids.add(gone.getString(1));
                        }
                    }
                    return ids;
                });
    }

    private static List<Row> rows(PreparedStatement ask) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet answer = ask.executeQuery()) {
            while (answer.next()) {
                String id = answer.getString("build_id");
                try {
                    rows.add(new Row(answer.getLong("seq"), read(id, answer)));
                } catch (RuntimeException e) {
                    LOG.warn("build {} is left out: a newer Berth wrote it: {}", id, e.toString());
                }
            }
        }
        return rows;
    }

    private static Build read(String id, ResultSet answer) throws SQLException {
        return new Build(
                id,
                ResourceId.parse(answer.getString("app")),
                answer.getString("image"),
                answer.getString("repo"),
                answer.getString("commit_id"),
                answer.getInt("attempt"),
                Json.read(answer.getString("steps"), Steps.class).steps(),
                answer.getString("pushed"));
    }

    private <T> T with(String sql, Question<T> question) throws UnavailableException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(SECONDS);
            return question.ask(statement);
        } catch (SQLException e) {
            throw new UnavailableException("The database can't be used: " + e.getMessage(), e);
        }
    }
}

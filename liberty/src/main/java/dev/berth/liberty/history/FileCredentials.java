package dev.berth.liberty.history;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * The server's data source, opened with a password that lies in a file: it is in no command line,
 * no environment and no configuration, and may be replaced while Berth runs. Thread-safe.
 */
public final class FileCredentials implements DataSource {
    private final DataSource server;
    private final String user;
    private final Path passwordFile;

    public FileCredentials(DataSource server, String user, Path passwordFile) {
        this.server = server;
        this.user = user;
        this.passwordFile = passwordFile;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return server.getConnection(user, password());
    }

    @Override
    public Connection getConnection(String otherUser, String password) throws SQLException {
        return server.getConnection(otherUser, password);
    }

    private String password() throws SQLException {
        try {
            return Files.readString(passwordFile).strip();
        } catch (IOException e) {
            throw new SQLException(
                    "the database password can't be read from %s: %s"
                            .formatted(passwordFile, e.getMessage()),
                    e);
        }
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return server.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        server.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        server.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return server.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return server.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return server.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return server.isWrapperFor(type);
    }
}

package dev.berth.liberty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the launcher tells control by its environment.
 *
 * @param home {@code BERTH_HOME}: state that may be lost without losing an app
 * @param config {@code BERTH_CONFIG}: URL or directory of the config repo
 * @param dockerHost {@code DOCKER_HOST}: address of the engine
 * @param edgeToken what the edge must show, from {@code BERTH_EDGE_TOKEN_FILE}
 * @param httpPort {@code BERTH_HTTP_PORT}: where the edge serves
 */
public record Settings(
        Path home, String config, String dockerHost, String edgeToken, int httpPort) {

    /**
     * Reads the environment.
     *
     * @throws IllegalStateException if a variable is missing or the token can't be read; the message
     *     names it
     */
    public static Settings of(Map<String, String> environment) {
        return new Settings(
                Path.of(required(environment, "BERTH_HOME")),
                required(environment, "BERTH_CONFIG"),
                environment.getOrDefault("DOCKER_HOST", "unix:///var/run/docker.sock"),
                token(environment),
                Integer.parseInt(environment.getOrDefault("BERTH_HTTP_PORT", "8080")));
    }

    private static String required(Map<String, String> environment, String name) {
        @Nullable String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException(
                    name + " is not set; control is started by ./berth up, which sets it");
        }
        return value;
    }

    private static String token(Map<String, String> environment) {
        String file = required(environment, "BERTH_EDGE_TOKEN_FILE");
        try {
            String token = Files.readString(Path.of(file)).strip();
            if (token.length() < 16) {
                throw new IllegalStateException("the token in " + file + " is too short");
            }
            return token;
        } catch (IOException e) {
            throw new IllegalStateException("can't read the edge's token in " + file, e);
        }
    }

    @Override
    public String toString() {
        return "Settings[home=%s]".formatted(home);
    }
}

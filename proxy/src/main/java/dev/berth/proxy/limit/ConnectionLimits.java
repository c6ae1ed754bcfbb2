package dev.berth.proxy.limit;

import java.util.Map;

/**
 * How many client connections may be open.
 *
 * @param total {@code BERTH_EDGE_MAX_CONNECTIONS}
 * @param perClient {@code BERTH_EDGE_MAX_CONNECTIONS_PER_CLIENT}: of one address, or of one /64
 *     network of IPv6
 */
public record ConnectionLimits(int total, int perClient) {
    /** What an edge has when nothing is said. */
    public static final ConnectionLimits DEFAULT = new ConnectionLimits(10_000, 1000);

    /**
     * Reads the environment.
     *
     * @throws IllegalArgumentException naming the variable whose value cannot be used
     */
    public static ConnectionLimits fromEnvironment(Map<String, String> environment) {
        return new ConnectionLimits(
                number(environment, "BERTH_EDGE_MAX_CONNECTIONS", DEFAULT.total),
                number(environment, "BERTH_EDGE_MAX_CONNECTIONS_PER_CLIENT", DEFAULT.perClient));
    }

    private static int number(Map<String, String> environment, String name, int otherwise) {
        String text = environment.getOrDefault(name, Integer.toString(otherwise)).strip();
        if (!text.matches("[1-9]\\d{0,8}")) {
            throw new IllegalArgumentException(
                    "%s is \"%s\": expected a number of connections, 1 or more"
                            .formatted(name, text));
        }
        return Integer.parseInt(text);
    }
}

package dev.berth.liberty;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the process is told from outside, read once at the start.
 *
 * @param home {@code BERTH_HOME}: state that may be lost without losing an app
 * @param config {@code BERTH_CONFIG}: URL or directory of the config repo
 * @param dockerHost {@code DOCKER_HOST}: address of the engine
 * @param httpPort {@code BERTH_HTTP_PORT}: where the edge serves
 * @param controlPort {@code BERTH_CONTROL_PORT}: where control serves
 * @param databaseUser {@code BERTH_DATABASE_USER}
 * @param databasePasswordFile {@code BERTH_DATABASE_PASSWORD_FILE}; {@code null} = no password
 * @param edgeTokenFile {@code BERTH_EDGE_TOKEN_FILE}; {@code null} = no edge is let in
 * @param userHome {@code HOME}: of the user that runs Berth; {@code null} = it has none
 * @param sops {@code SOPS_AGE_KEY_FILE} and {@code SOPS_AGE_KEY}, as far as they are set; never
 *     print these
 * @param tls for the certificates of hosts
 */
public record Environment(
        Path home,
        String config,
        String dockerHost,
        int httpPort,
        int controlPort,
        String databaseUser,
        @Nullable Path databasePasswordFile,
        @Nullable Path edgeTokenFile,
        @Nullable Path userHome,
        Map<String, String> sops,
        Tls tls) {
    public Environment {
        sops = Map.copyOf(sops);
    }

    /** Reads the variables of a process. */
    public static Environment of(Map<String, String> variables) {
        Path home = Path.of(variables.getOrDefault("BERTH_HOME", "/var/lib/berth"));
        return new Environment(
                home,
                variables.getOrDefault("BERTH_CONFIG", home.resolve("config.git").toString()),
                variables.getOrDefault("DOCKER_HOST", "unix:///var/run/docker.sock"),
                Integer.parseInt(variables.getOrDefault("BERTH_HTTP_PORT", "8080")),
                Integer.parseInt(variables.getOrDefault("BERTH_CONTROL_PORT", "9080")),
                variables.getOrDefault("BERTH_DATABASE_USER", "berth"),
                path(variables.get("BERTH_DATABASE_PASSWORD_FILE")),
                path(variables.get("BERTH_EDGE_TOKEN_FILE")),
                path(variables.get("HOME")),
                sops(variables),
                new Tls(
                        Integer.parseInt(variables.getOrDefault("BERTH_HTTPS_PORT", "8443")),
                        Integer.parseInt(variables.getOrDefault("BERTH_VALIDATION_PORT", "80")),
                        variables.get("BERTH_NAME_SERVER")));
    }

    /**
     * What certificates are checked with before they are ordered.
     *
     * @param port {@code BERTH_HTTPS_PORT}: where the edge serves over TLS
     * @param validationPort {@code BERTH_VALIDATION_PORT}: where authorities ask; 80 but for one of
     *     your own
     * @param nameServer {@code BERTH_NAME_SERVER}: address and port of who is asked for hosts;
     *     {@code null} = who the machine asks
     */
    public record Tls(int port, int validationPort, @Nullable String nameServer) {
        /** Of a process that is told nothing. */
        public static final Tls USUAL = new Tls(8443, 80, null);

        /**
         * The name server.
         *
         * @throws IllegalStateException if it is not an address and a port
         */
        @Nullable InetSocketAddress resolver() {
            if (nameServer == null || nameServer.isBlank()) {
                return null;
            }
            int colon = nameServer.lastIndexOf(':');
            try {
                return new InetSocketAddress(
                        nameServer.substring(0, Math.max(0, colon)),
                        Integer.parseInt(nameServer.substring(colon + 1)));
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(
                        "BERTH_NAME_SERVER: expected an address and a port such as 192.0.2.53:53",
                        e);
            }
        }
    }

    private static Map<String, String> sops(Map<String, String> variables) {
        Map<String, String> sops = new TreeMap<>(variables);
        sops.keySet().retainAll(Set.of("SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY"));
        return sops;
    }

    /** Names the home, and no key. */
    @Override
    public String toString() {
        return "Environment[" + home + "]";
    }

    /** Where logins of image registries are: a directory of Berth's own, or else the user's. */
    Path dockerConfig() {
        Path own = home.resolve("keys").resolve("docker");
        return userHome == null || Files.isDirectory(own) ? own : userHome.resolve(".docker");
    }

    private static @Nullable Path path(@Nullable String value) {
        return value == null || value.isBlank() ? null : Path.of(value);
    }
}

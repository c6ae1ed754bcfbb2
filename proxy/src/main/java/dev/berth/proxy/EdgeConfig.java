package dev.berth.proxy;

import dev.berth.proxy.handover.ListeningSockets;
import dev.berth.proxy.limit.ConnectionLimits;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.listen.Transport;
import dev.berth.schemas.edge.Backend;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the environment tells the edge.
 *
 * @param home {@code BERTH_HOME}; the edge writes below {@code home/edge}
 * @param control {@code BERTH_CONTROL_URL}
 * @param httpPort {@code BERTH_HTTP_PORT}; 0 picks a free one
 * @param httpsPort {@code BERTH_HTTPS_PORT}; the same with TLS
 * @param http3 {@code BERTH_HTTP3}: {@code on} serves HTTP/3, too, on the UDP port with the number
 *     of the TLS port; {@code off} when it is not set
 * @param adminPort {@code BERTH_EDGE_ADMIN_PORT}; 0 = no admin server
 * @param tokenFile {@code BERTH_EDGE_TOKEN_FILE}
 * @param connections how many clients may have open
 * @param io {@code BERTH_EDGE_IO}: {@code auto}, {@code epoll} or {@code io_uring}; {@code auto}
 *     when it is not set
 */
public record EdgeConfig(
        Path home,
        URI control,
        int httpPort,
        int httpsPort,
        boolean http3,
        int adminPort,
        Path tokenFile,
        Timeouts timeouts,
        ConnectionLimits connections,
        Transport.Wanted io) {

    /**
     * Reads the environment.
     *
     * @throws IllegalArgumentException naming the variable whose value cannot be used
     */
    public static EdgeConfig fromEnvironment(Map<String, String> environment) {
        String named = environment.get("BERTH_HOME");
        if (named == null || named.isBlank()) {
            throw new IllegalArgumentException(
                    "BERTH_HOME is not set: set it to the directory that holds Berth's state");
        }
        Path home = Path.of(named).toAbsolutePath();
        return new EdgeConfig(
                home,
                url(environment, "BERTH_CONTROL_URL", "http://127.0.0.1:9080"),
                port(environment, "BERTH_HTTP_PORT", 8080),
                port(environment, "BERTH_HTTPS_PORT", 8443),
                isOn(environment, "BERTH_HTTP3"),
                port(environment, "BERTH_EDGE_ADMIN_PORT", 0),
                Path.of(
                        environment.getOrDefault(
                                "BERTH_EDGE_TOKEN_FILE",
                                home.resolve("edge").resolve("token").toString())),
                Timeouts.DEFAULT,
                ConnectionLimits.fromEnvironment(environment),
                io(environment));
    }

    /**
     * Where control takes requests of others.
     *
     * @throws IllegalArgumentException if the host has no address
     */
    Backend controlBackend() {
        try {
            int port = control.getPort() < 0 ? 80 : control.getPort();
            return new Backend(
                    "control",
                    InetAddress.getByName(control.getHost()).getHostAddress(),
                    port,
                    Backend.Protocol.Http1);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "BERTH_CONTROL_URL is \"%s\": its host has no address".formatted(control), e);
        }
    }

    Path directory() {
        return home.resolve("edge");
    }

    /** Where a running edge is asked for its sockets. */
    Path handoverSocket() {
        return directory().resolve("handover.sock");
    }

    Doors.Port http() {
        return new Doors.Port(ListeningSockets.HTTP, httpPort, "--http PORT (BERTH_HTTP_PORT)");
    }

    Doors.Port https() {
        return new Doors.Port(ListeningSockets.HTTPS, httpsPort, "--https PORT (BERTH_HTTPS_PORT)");
    }

    private static int port(Map<String, String> environment, String name, int otherwise) {
        String text = environment.getOrDefault(name, Integer.toString(otherwise)).strip();
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "%s is \"%s\": expected a port, 0 to 65535".formatted(name, text));
    }

    private static boolean isOn(Map<String, String> environment, String name) {
        String text = environment.getOrDefault(name, "off").strip();
        return switch (text) {
            case "on" -> true;
            case "off", "" -> false;
            default ->
                    throw new IllegalArgumentException(
                            "%s is \"%s\": expected on or off".formatted(name, text));
        };
    }

    private static Transport.Wanted io(Map<String, String> environment) {
        String text = environment.getOrDefault("BERTH_EDGE_IO", "").strip();
        for (Transport.Wanted wanted : Transport.Wanted.values()) {
            if (text.equals(wanted.text())) {
                return wanted;
            }
        }
        if (text.isEmpty()) {
            return Transport.Wanted.Auto;
        }
        throw new IllegalArgumentException(
                "BERTH_EDGE_IO is \"%s\": expected auto, epoll or io_uring".formatted(text));
    }

    private static URI url(Map<String, String> environment, String name, String otherwise) {
        String text = environment.getOrDefault(name, otherwise).strip();
        try {
            URI uri = new URI(text);
            if ("http".equals(uri.getScheme()) && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "%s is \"%s\": expected http://host:port".formatted(name, text));
    }
}

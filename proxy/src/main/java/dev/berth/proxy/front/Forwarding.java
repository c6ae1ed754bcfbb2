package dev.berth.proxy.front;

import dev.berth.proxy.http.HostNames;
import dev.berth.proxy.http.Tokens;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and for what address, as the backend is told. Of who is not believed nothing is read
 * but how its connection came in. Of who is, X-Forwarded-For is walked, and Forwarded (RFC 7239)
 * only where there is none: a proxy that writes one of them lets the other pass as its client wrote
 * it.
 *
 * @param client address of who asks
 * @param chain for X-Forwarded-For: the client, and every proxy after it
 * @param scheme {@code http} or {@code https}: how the client reached the first proxy
 * @param host that the client asked for, with its port
 * @param port that the client asked for
 */
public record Forwarding(String client, String chain, String scheme, String host, String port) {
    private static final String HTTP = "http";
    private static final String HTTPS = "https";

    /** An address that is in no network: who must show his is not let in by it. */
    private static final String UNKNOWN = "unknown";

    /**
     * How the connection came in.
     *
     * @param address of the peer; not always an IP address
     * @param scheme {@code http} or {@code https}
     * @param localPort that the peer connected to; -1 when not known
     */
    public record Connection(String address, String scheme, int localPort) {}

    /** Of who speaks for himself. */
    public static Forwarding direct(HttpHeaders headers, Connection connection) {
        String host = hostOf(headers);
        return new Forwarding(
                connection.address(),
                connection.address(),
                connection.scheme(),
                host,
                port(host, connection.scheme(), connection));
    }

    /**
     * Of who may speak for others.
     *
     * @param front who else may
     */
    public static Forwarding believed(
            HttpHeaders headers, Connection connection, FrontNetworks front) {
        byte[] peer = IpLiteral.parse(connection.address());
        if (peer == null || !front.trusts(peer)) {
            return direct(headers, connection);
        }
        return headers.contains("X-Forwarded-For") || !headers.contains("Forwarded")
                ? byLegacyFields(headers, connection, peer, front)
                : byForwarded(headers, connection, peer, front);
    }

    private static Forwarding byLegacyFields(
            HttpHeaders headers, Connection connection, byte[] peer, FrontNetworks front) {
        List<String> entries = list(headers, "X-Forwarded-For");
        ClientChain chain = ClientChain.of(entries, peer, front);
        List<String> schemes = list(headers, "X-Forwarded-Proto");
        String scheme = null;
        if (schemes.size() == 1) {
            scheme = schemes.getFirst();
        } else if (schemes.size() == entries.size() && chain.place() < entries.size()) {
            scheme = schemes.get(chain.place());
        }
        List<String> hosts = list(headers, "X-Forwarded-Host");
        List<String> ports = list(headers, "X-Forwarded-Port");
        return of(
                chain,
                scheme,
                hosts.size() == 1 ? hosts.getFirst() : null,
                ports.size() == 1 ? ports.getFirst() : null,
                new Known(headers, connection));
    }

    private static Forwarding byForwarded(
            HttpHeaders headers, Connection connection, byte[] peer, FrontNetworks front) {
        List<ForwardedField.Element> elements = readable(headers.getAll("Forwarded"));
        if (elements.isEmpty()) {
            return direct(
                    headers, new Connection(UNKNOWN, connection.scheme(), connection.localPort()));
        }
        ClientChain chain =
                ClientChain.of(
                        elements.stream().map(ForwardedField.Element::client).toList(),
                        peer,
                        front);
        ForwardedField.Element first =
                chain.place() < elements.size() ? elements.get(chain.place()) : null;
        return of(
                chain,
                first == null ? null : first.proto(),
                first == null ? null : first.host(),
                null,
                new Known(headers, connection));
    }

    /**
     * The elements of the last lines that can be read. A line that cannot be, with all before it,
     * says nothing: a client may have written it to make that of its proxy unreadable, too.
     */
    private static List<ForwardedField.Element> readable(List<String> lines) {
        List<ForwardedField.Element> elements = new ArrayList<>();
        for (String line : lines.reversed()) {
            List<ForwardedField.Element> more = ForwardedField.parse(line);
            if (more == null) {
                break;
            }
            elements.addAll(0, more);
        }
        return elements;
    }

    /** What is known without being told. */
    private record Known(HttpHeaders headers, Connection connection) {}

    private static Forwarding of(
            ClientChain chain,
            @Nullable String saidScheme,
            @Nullable String saidHost,
            @Nullable String saidPort,
            Known known) {
        String scheme = scheme(saidScheme, known.connection().scheme());
        String host =
                saidHost != null && HostNames.routing(saidHost) != null
                        ? saidHost
                        : hostOf(known.headers());
        String port =
                saidPort != null && isPort(saidPort)
                        ? saidPort
                        : port(host, scheme, known.connection());
        return new Forwarding(chain.client(), chain.text(), scheme, host, port);
    }

    private static String scheme(@Nullable String said, String otherwise) {
        String word = said == null ? "" : said.toLowerCase(Locale.ROOT);
        return word.equals(HTTP) || word.equals(HTTPS) ? word : otherwise;
    }

    /** The port in the host; else the connection's, unless a proxy made another one of it. */
    private static String port(String host, String scheme, Connection connection) {
        String named = HostNames.portSuffix(host);
        if (!named.isEmpty()) {
            return named.substring(1);
        }
        if (!scheme.equals(connection.scheme())) {
            return scheme.equals(HTTPS) ? "443" : "80";
        }
        return connection.localPort() < 0 ? "80" : Integer.toString(connection.localPort());
    }

    private static boolean isPort(String text) {
        return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65_535;
    }

    private static String hostOf(HttpHeaders headers) {
        return String.valueOf(headers.get(HttpHeaderNames.HOST));
    }

    private static List<String> list(HttpHeaders headers, String name) {
        List<String> entries = new ArrayList<>(2);
        for (String value : headers.getAll(name)) {
            Tokens.each(value, entries::add);
        }
        return entries;
    }
}

package dev.berth.schemas.edge;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;

/**
 * One address that answers for a process.
 *
 * @param container the engine's container id, to name the backend in logs and reports
 * @param address an IP address literal
 * @param port 1 to 65535
 * @param protocol what it speaks there
 */
public record Backend(String container, String address, int port, Protocol protocol) {
    public Backend {
        Objects.requireNonNull(container, "container");
        Objects.requireNonNull(address, "address");
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port out of range: " + port);
        }
        // Snapshots on disk may be older than the field.
        protocol = protocol == null ? Protocol.Http1 : protocol;
    }

    /** A backend that speaks HTTP/1. */
    public Backend(String container, String address, int port) {
        this(container, address, port, Protocol.Http1);
    }

    /** How the edge speaks to a backend. */
    public enum Protocol {
        /** HTTP/1.1 (RFC 9112). */
        @JsonProperty("http1")
        Http1,
        /** HTTP/2 without TLS, with prior knowledge (RFC 9113 section 3.3): what gRPC needs. */
        @JsonProperty("h2c")
        H2c
    }

    @Override
    public String toString() {
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }
}

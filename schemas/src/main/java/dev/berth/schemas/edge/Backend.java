package dev.berth.schemas.edge;

import java.util.Objects;

/**
 * One address that answers for a process.
 *
 * @param container the engine's container id, to name the backend in logs and reports
 * @param address an IP address literal
 * @param port 1 to 65535
 */
public record Backend(String container, String address, int port) {
    public Backend {
        Objects.requireNonNull(container, "container");
        Objects.requireNonNull(address, "address");
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port out of range: " + port);
        }
    }

    @Override
    public String toString() {
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }
}

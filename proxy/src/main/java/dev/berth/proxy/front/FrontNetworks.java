package dev.berth.proxy.front;

import dev.berth.schemas.config.Cidr;
import dev.berth.schemas.edge.FrontProxies;
import java.util.List;

/** The networks of the proxies that are believed. Immutable. */
public final class FrontNetworks {
    /** Nobody is believed. */
    public static final FrontNetworks NONE = new FrontNetworks(List.of(), false);

    private final List<Cidr> networks;
    private final boolean proxyProtocol;

    private FrontNetworks(List<Cidr> networks, boolean proxyProtocol) {
        this.networks = networks;
        this.proxyProtocol = proxyProtocol;
    }

    /**
     * Reads them.
     *
     * @throws IllegalArgumentException if one is no network
     */
    public static FrontNetworks of(FrontProxies proxies) {
        return proxies.networks().isEmpty()
                ? NONE
                : new FrontNetworks(
                        proxies.networks().stream().map(Cidr::parse).toList(),
                        proxies.proxyProtocol());
    }

    /** Whether nobody is believed. */
    public boolean isEmpty() {
        return networks.isEmpty();
    }

    /** Whether the connections of those begin with a PROXY header. */
    public boolean proxyProtocol() {
        return proxyProtocol;
    }

    /** Whether who has this address is believed; false for what is none. */
    public boolean trusts(String address) {
        byte[] bytes = isEmpty() ? null : IpLiteral.parse(address);
        return bytes != null && trusts(bytes);
    }

    /**
     * Whether who has this address is believed.
     *
     * @param address 4 or 16 bytes
     */
    public boolean trusts(byte[] address) {
        for (Cidr network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }
}

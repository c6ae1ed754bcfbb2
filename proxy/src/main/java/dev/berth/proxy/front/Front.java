package dev.berth.proxy.front;

import dev.berth.schemas.edge.FrontProxies;

/** The proxies before the edge that are believed now. Thread-safe. */
public final class Front {
    private volatile FrontNetworks networks = FrontNetworks.NONE;

    /** Believes these from now on; open connections keep what was in force when they came. */
    public void replace(FrontProxies proxies) {
        networks = FrontNetworks.of(proxies);
    }

    /** Those believed now. */
    public FrontNetworks networks() {
        return networks;
    }
}

package dev.berth.schemas.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The proxies in front of the edge that are believed when they say who asks: a CDN, a load
 * balancer.
 *
 * @param networks theirs, as {@code 10.0.0.0/8} or one address; empty = there are none
 * @param proxyProtocol whether each of their connections begins with a PROXY header; one of anybody
 *     else never does
 */
public record FrontProxies(@Nullable List<String> networks, boolean proxyProtocol) {
    /** Everybody speaks for himself. */
    public static final FrontProxies NONE = new FrontProxies(List.of(), false);

    public FrontProxies {
        networks = networks == null ? List.of() : List.copyOf(networks);
    }

    @Override
    public List<String> networks() {
        return networks == null ? List.of() : networks;
    }
}

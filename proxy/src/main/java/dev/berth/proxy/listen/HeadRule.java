package dev.berth.proxy.listen;

import dev.berth.proxy.http.Rejection;
import dev.berth.proxy.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * One rule on request heads, whatever version of HTTP brought them. Stateless, so that all
 * connections share one of each. The order in which they run is in {@link HeadRules}.
 */
public sealed interface HeadRule
        permits FramingEnforcer,
                TargetEnforcer,
                HostEnforcer,
                CoalescingRule,
                ConnectionRules,
                TraceHeaders,
                ForwardedHeaders {

    /** Enforces the rule; {@code null} lets the head pass. */
    @Nullable Rejection apply(RequestHead head, Peer peer);
}

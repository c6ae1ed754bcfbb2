package dev.berth.proxy.routing;

import org.jspecify.annotations.Nullable;

/**
 * One look-up: where a request goes, and why.
 *
 * @param place its own, before canaries; {@code null} when there is none
 */
public record Way(@Nullable Place place, Routed to) {}

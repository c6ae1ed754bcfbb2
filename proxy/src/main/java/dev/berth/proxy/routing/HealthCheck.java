package dev.berth.proxy.routing;

import dev.berth.schemas.edge.Policy;

/** A backend that serves and how it is to be checked. */
public record HealthCheck(Policy.Health how, BackendLoad backend) {}

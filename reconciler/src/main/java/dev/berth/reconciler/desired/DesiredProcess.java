package dev.berth.reconciler.desired;

/**
 * One process of an app.
 *
 * @param replicas 0 or more
 */
public record DesiredProcess(ContainerTemplate template, int replicas, Readiness readiness) {}

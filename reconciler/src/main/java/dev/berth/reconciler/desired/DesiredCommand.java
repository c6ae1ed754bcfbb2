package dev.berth.reconciler.desired;

import java.time.Duration;

/**
 * A command that runs in a container of its own.
 *
 * @param template what the container is made from, the command included
 * @param timeout time it may take
 */
public record DesiredCommand(ContainerTemplate template, Duration timeout) {}

package dev.berth.reconciler.simulation;

import dev.berth.reconciler.lease.FakeLeaseStore;
import org.jspecify.annotations.Nullable;

/**
 * Where a control lives: what it keeps there outlives its processes.
 *
 * @param oracle what whoever made the history knows of what control may do from here
 * @param leases asked who writes; {@code null} = there is no other home, and nobody asks
 */
record Home(String name, SimDisk disk, Oracle oracle, @Nullable FakeLeaseStore leases) {}

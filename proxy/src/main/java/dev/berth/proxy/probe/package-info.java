/** Readiness probes, asked from where the traffic will come from. */
@NullMarked
package dev.berth.proxy.probe;

import org.jspecify.annotations.NullMarked;

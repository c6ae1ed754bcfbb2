/**
 * What operators see of the edge: counters, Prometheus text, health. No request passes through
 * here.
 */
@NullMarked
package dev.berth.proxy.observe;

import org.jspecify.annotations.NullMarked;

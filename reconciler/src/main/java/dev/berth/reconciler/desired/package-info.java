/**
 * Config tree to desired state, with every problem at its line. The only package that knows YAML.
 * The model records here are pure: no I/O, no clock.
 */
@NullMarked
package dev.berth.reconciler.desired;

import org.jspecify.annotations.NullMarked;

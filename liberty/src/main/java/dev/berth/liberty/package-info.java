/**
 * The control process: makes the beans, starts and stops the loop, speaks with the edge, says how
 * it is. Nothing is decided here.
 */
@NullMarked
package dev.berth.liberty;

import org.jspecify.annotations.NullMarked;

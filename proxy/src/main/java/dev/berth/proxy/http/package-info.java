/**
 * What HTTP says, without a connection: rules on heads, dates, error pages. Pure functions and
 * values; no channel, no route may enter.
 */
@NullMarked
package dev.berth.proxy.http;

import org.jspecify.annotations.NullMarked;

/**
 * From host and path to what answers, by an immutable table behind one volatile field, and the
 * count of requests in flight to each backend.
 */
@NullMarked
package dev.berth.proxy.routing;

import org.jspecify.annotations.NullMarked;

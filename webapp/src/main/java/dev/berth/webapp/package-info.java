/**
 * What people and tools look at: JSON API, pages, live stream. Read-only by construction: no write
 * verb, and nothing of the reconciler but {@code status} is seen from here.
 */
@NullMarked
package dev.berth.webapp;

import org.jspecify.annotations.NullMarked;

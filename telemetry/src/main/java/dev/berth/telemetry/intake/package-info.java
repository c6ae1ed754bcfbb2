/**
 * What the edge records as it happens: today the access log. Nothing here blocks the thread that
 * reports an event; what cannot be kept is dropped and counted. No network, no database, no Netty.
 */
@NullMarked
package dev.berth.telemetry.intake;

import org.jspecify.annotations.NullMarked;

/**
 * The whole of Berth, as users have it: the launcher, control, edge, PostgreSQL, Git repos and a
 * real container engine. Nothing in here knows a class of what it tests but the engine's own
 * client.
 */
@NullMarked
package dev.berth.system;

import org.jspecify.annotations.NullMarked;
